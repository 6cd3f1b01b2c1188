FROM debian:12
RUN apt-get update && apt-get install -y --download-only curl
COPY x /x
RUN --network=none apt-get install -y curl
