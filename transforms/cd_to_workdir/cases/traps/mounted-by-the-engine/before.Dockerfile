FROM debian:12
RUN cd /dev/shm && touch a && cp a /opt
WORKDIR /dev/shm
