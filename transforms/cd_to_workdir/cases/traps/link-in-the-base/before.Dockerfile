FROM debian:12
RUN cd /var/run && touch a
WORKDIR /var/run
