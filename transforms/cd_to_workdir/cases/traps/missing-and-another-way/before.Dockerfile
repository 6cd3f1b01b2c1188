FROM debian:12
RUN cd /missing || cd /tmp && touch a
WORKDIR /missing
