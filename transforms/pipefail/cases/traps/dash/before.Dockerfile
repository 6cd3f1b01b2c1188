FROM debian:12
RUN apt-get update && apt-get install -y curl
RUN curl -fsSL https://example.org/tool.tar.gz | tar xz -C /opt
