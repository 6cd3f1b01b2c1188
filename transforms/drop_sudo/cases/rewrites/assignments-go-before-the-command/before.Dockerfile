FROM debian:12
RUN apt-get update && apt-get install -y sudo
RUN sudo DEBIAN_FRONTEND=noninteractive A="b c" apt-get install -y tzdata
