FROM debian:12
ENV TINI_VERSION=v0.19.0
ADD --chmod=711 https://example.org/tini/${TINI_VERSION}/tini /usr/bin/tini
ADD --chmod=755 https://example.org/yt /usr/local/bin/
ENTRYPOINT ["/usr/bin/tini", "--"]
