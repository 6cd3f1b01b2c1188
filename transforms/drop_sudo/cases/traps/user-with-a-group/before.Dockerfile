FROM debian:12
RUN apt-get update && apt-get install -y sudo
USER root:www-data
RUN sudo mkdir /a
