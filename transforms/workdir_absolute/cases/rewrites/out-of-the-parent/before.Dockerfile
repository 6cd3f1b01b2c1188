FROM debian:12
WORKDIR /a/b
WORKDIR ../c
RUN pwd > /p
