FROM debian:12
RUN apt-get update && apt-get install -y sudo && echo 'Defaults umask=0077' > /etc/sudoers.d/umask
RUN sudo mkdir /a
