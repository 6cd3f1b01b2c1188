FROM buildpack-deps:bookworm
# the tool
RUN set -ex \
  && mkdir -p /opt/tool \
  && curl -fsSL https://example.org/tool-1.2.tgz | tar xzf - -C /opt/tool --strip-components=1 \
  && /opt/tool/setup
