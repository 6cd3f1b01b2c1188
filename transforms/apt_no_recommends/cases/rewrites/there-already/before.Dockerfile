FROM debian:12
RUN apt-get update && apt-get install -y ca-certificates
RUN apt-get update && apt-get install -y curl
