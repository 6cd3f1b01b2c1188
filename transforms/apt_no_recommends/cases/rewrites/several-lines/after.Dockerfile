FROM ubuntu:22.04
RUN apt-get update && \
    apt-get install -y --no-install-recommends \
        # to clone
        git \
        unzip ca-certificates netbase openssh-client patch && \
    git clone https://example.org/a
