FROM debian:12
RUN cd /opt && ./configure
COPY a b
WORKDIR /opt
