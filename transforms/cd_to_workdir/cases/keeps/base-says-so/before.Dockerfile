FROM debian:12
RUN cd / && touch a
