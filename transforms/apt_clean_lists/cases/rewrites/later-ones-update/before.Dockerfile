FROM debian:12 AS base
RUN apt-get update && apt-get install -y curl
COPY x /x
RUN apt-get update && apt-get install -y git
FROM base
RUN apt-get update && apt-get install -y vim && rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y nano
