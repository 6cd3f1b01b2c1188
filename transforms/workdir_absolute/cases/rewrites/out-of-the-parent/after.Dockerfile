FROM debian:12
WORKDIR /a/b
WORKDIR /a/c
RUN pwd > /p
