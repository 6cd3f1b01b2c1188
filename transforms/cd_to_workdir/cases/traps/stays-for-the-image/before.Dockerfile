FROM debian:12
RUN cd /opt && ./configure
CMD ["./start"]
