FROM debian:12
RUN yes no | apt-get install curl
