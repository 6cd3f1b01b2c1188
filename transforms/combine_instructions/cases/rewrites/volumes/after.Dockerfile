FROM debian:12
VOLUME /a /b /c
USER root
VOLUME ["/d", "/e f", "/g"]
