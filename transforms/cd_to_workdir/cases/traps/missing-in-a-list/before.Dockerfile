FROM debian:12
RUN cd /missing && touch a; touch b
WORKDIR /missing
