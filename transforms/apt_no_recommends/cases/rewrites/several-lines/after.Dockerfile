FROM ubuntu:22.04
RUN apt-get update && \
    apt-get install -y --no-install-recommends \
        # to clone
        git \
        unzip \
        ca-certificates \
        openssh-client && \
    git clone https://example.org/a
