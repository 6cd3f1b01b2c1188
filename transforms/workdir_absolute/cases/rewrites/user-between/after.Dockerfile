FROM debian:12
WORKDIR /a
USER daemon
WORKDIR /a/b
USER root
RUN pwd > /p
