FROM debian:12
RUN apt-get update && apt-get install -y curl
COPY a.deb /tmp/
RUN apt-get install -y /tmp/a.deb
