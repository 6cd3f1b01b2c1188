FROM debian:12
RUN apt-get install -y \
    wget \
    curl=7.88.1 \
    bash
