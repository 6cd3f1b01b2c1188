FROM alpine:3.20
RUN set -o pipefail && wget -qO- https://example.org/a.tar.gz | gunzip | tar x
