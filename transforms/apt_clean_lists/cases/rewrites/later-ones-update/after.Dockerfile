FROM debian:12 AS base
RUN apt-get update && apt-get install -y curl \
    && rm -rf /var/lib/apt/lists/*
COPY x /x
RUN apt-get update && apt-get install -y git \
    && rm -rf /var/lib/apt/lists/*
FROM base
RUN apt-get update && apt-get install -y vim && rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y nano \
    && rm -rf /var/lib/apt/lists/*
