FROM debian:12
RUN ! test -e /forbidden \
    && touch /b
