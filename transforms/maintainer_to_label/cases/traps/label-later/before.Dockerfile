FROM debian:12
MAINTAINER a@example.org
RUN touch /x
LABEL org.opencontainers.image.authors="b@example.org"
