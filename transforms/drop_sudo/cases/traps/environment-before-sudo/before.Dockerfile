FROM debian:12
RUN apt-get update && apt-get install -y sudo
RUN PREFIX=/opt sudo ./install.sh
