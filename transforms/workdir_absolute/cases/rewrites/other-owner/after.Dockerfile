FROM debian:12
USER daemon
WORKDIR /a/b/d
USER root
RUN pwd > /p
