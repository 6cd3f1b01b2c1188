FROM debian:12
WORKDIR /srv
RUN cd app && make
