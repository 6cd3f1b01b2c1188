FROM debian:12 AS base
WORKDIR /srv
FROM base
WORKDIR ./x/
RUN pwd > /p
