FROM debian:12
RUN apt-get update && apt-get install -y sudo
RUN sudo \
    # the cache
    mkdir /cache \
    && sudo   chmod 1777 /cache
