FROM debian:12
RUN apt-get update && apt-get install -y sudo
COPY sudoers /etc/sudoers
RUN sudo mkdir /a
