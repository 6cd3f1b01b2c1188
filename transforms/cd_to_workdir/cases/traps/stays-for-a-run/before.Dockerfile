FROM debian:12
RUN cd /opt && ./configure
RUN make
WORKDIR /opt
