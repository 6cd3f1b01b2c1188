FROM debian:12
RUN cd /opt && ./configure
WORKDIR app
WORKDIR /opt
