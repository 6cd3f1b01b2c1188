FROM debian:12
RUN apt-get update && apt-get install -y wget ca-certificates
ADD https://example.org/x.tar.gz /opt/
RUN tar --extract --gzip --file /opt/x.tar.gz --directory /opt
