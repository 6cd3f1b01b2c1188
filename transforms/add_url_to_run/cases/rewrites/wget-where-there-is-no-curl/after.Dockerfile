FROM debian:12
RUN apt-get update && apt-get install -y wget ca-certificates
RUN mkdir -p /opt \
    && wget -qO- https://example.org/x.tar.gz | tar --extract --gzip --file - --directory /opt
