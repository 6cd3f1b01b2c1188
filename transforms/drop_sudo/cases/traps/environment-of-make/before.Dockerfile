FROM debian:12
ENV CFLAGS="-O0 -g"
RUN apt-get update && apt-get install -y sudo make gcc
RUN sudo make install
