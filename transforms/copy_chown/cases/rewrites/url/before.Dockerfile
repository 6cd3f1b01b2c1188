FROM debian:12
ENV TINI_VERSION=v0.19.0
ADD https://example.org/tini/${TINI_VERSION}/tini /usr/bin/tini
ADD https://example.org/yt /usr/local/bin/
RUN chmod +x /usr/bin/tini
RUN chmod a+rx /usr/local/bin/yt
ENTRYPOINT ["/usr/bin/tini", "--"]
