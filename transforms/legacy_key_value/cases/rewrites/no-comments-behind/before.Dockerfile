FROM debian:12
ENV PORT 80 # the port
