FROM debian:12
RUN apt-get update && apt-get install -y curl
SHELL ["/bin/bash", "-c"]
RUN cd /opt && \
    # the tool
    curl -fsSL https://example.org/tool.tar.gz | tar xz && \
    rm -rf /tmp/*
