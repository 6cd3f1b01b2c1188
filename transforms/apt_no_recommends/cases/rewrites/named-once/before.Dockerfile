FROM debian:12
RUN apt-get update && apt-get install -y curl ca-certificates && apt-get install -y wget
