FROM debian:12
LABEL org.opencontainers.image.authors="a@example.org"
LABEL maintainer="b@example.org"
