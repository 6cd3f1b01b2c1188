FROM debian:12 AS base
WORKDIR /srv
FROM base
WORKDIR /srv/x
RUN pwd > /p
