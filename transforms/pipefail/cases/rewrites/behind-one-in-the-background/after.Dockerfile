FROM alpine:3.20
RUN set -o pipefail; sleep 1 & wget -qO- https://example.org/tool.tar.gz | tar xz
