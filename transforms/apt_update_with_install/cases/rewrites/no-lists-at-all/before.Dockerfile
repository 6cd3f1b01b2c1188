FROM ubuntu:24.04
RUN apt-get install -y --no-install-recommends \
    ca-certificates \
    gcc
COPY x /x
RUN apt-get install -y --no-install-recommends qemu-system-misc
