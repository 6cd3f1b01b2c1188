FROM buildpack-deps:bookworm
# the tool
ADD https://example.org/tool-1.2.tgz /tmp/tool.tgz
RUN set -ex \
  && mkdir -p /opt/tool \
  && tar xzf /tmp/tool.tgz -C /opt/tool --strip-components=1 \
  && rm /tmp/tool.tgz \
  && /opt/tool/setup
