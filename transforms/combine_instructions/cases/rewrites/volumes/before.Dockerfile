FROM debian:12
VOLUME /a
VOLUME /b /c
USER root
VOLUME ["/d"]
VOLUME ["/e f", "/g"]
