FROM debian:12
RUN apt-get update && apt-get install -y curl
COPY a.list /etc/apt/sources.list.d/
RUN apt-get install -y git
