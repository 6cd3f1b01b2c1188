FROM alpine:3.20
RUN set -eo pipefail; wget -qO- https://example.org/a.tar.gz | tar xz
