FROM ubuntu:22.04
RUN apt-get update && \
    apt-get install -y \
        # to clone
        git \
        unzip && \
    git clone https://example.org/a
