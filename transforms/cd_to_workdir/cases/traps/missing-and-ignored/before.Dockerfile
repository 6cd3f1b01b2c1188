FROM debian:12
RUN cd /missing; touch a
WORKDIR /missing
