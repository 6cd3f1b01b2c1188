FROM debian:12
RUN cd /opt && touch a
WORKDIR /srv
