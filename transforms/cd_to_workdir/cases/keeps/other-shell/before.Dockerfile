FROM debian:12
WORKDIR /app
SHELL ["/usr/bin/fish", "-c"]
RUN cd /app && make
