FROM debian:12
RUN apt-get update && apt-get install -y sudo
RUN \
    # the cache
    mkdir /cache \
    && chmod 1777 /cache
