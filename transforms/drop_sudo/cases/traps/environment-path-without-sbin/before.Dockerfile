FROM debian:12
ENV PATH=/opt/example/bin:/usr/bin:/bin
RUN apt-get update && apt-get install -y sudo
RUN sudo useradd example
