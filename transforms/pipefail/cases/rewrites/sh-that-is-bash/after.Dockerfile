FROM fedora:40
RUN set -o pipefail && curl -fsSL https://example.org/key.asc | gpg --dearmor -o /etc/pki/example.gpg && \
    mkdir -p /opt/tool && curl -fsSL https://example.org/tool.tar.xz | (cd /opt/tool && tar xJf -)
