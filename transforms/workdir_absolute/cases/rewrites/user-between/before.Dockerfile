FROM debian:12
WORKDIR /a
USER daemon
WORKDIR b
USER root
RUN pwd > /p
