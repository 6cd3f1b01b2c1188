FROM debian:12
USER daemon
WORKDIR /a
WORKDIR b
WORKDIR c/../d
USER root
RUN pwd > /p
