FROM debian:12
RUN mkdir -p /opt/a && cd /opt/a && touch a
WORKDIR /opt/a
