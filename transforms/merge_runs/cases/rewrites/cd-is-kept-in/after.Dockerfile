FROM debian:12
WORKDIR /srv
RUN ( cd /tmp && touch in-tmp ) \
    && touch in-srv
