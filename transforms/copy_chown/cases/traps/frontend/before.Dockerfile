# syntax=docker/dockerfile:1.1
FROM debian:12
COPY a.sh /usr/local/bin/
RUN chmod 755 /usr/local/bin/a.sh
