FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends acme-server curl gcc ca-certificates libc6-dev
