FROM debian:12
RUN apt-get update && apt-get install -y sudo
RUN sudo -i npm install -g example
