FROM debian:12 AS base
LABEL org.opencontainers.image.authors="b@example.org"
FROM base
MAINTAINER a@example.org
