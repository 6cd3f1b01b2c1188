FROM alpine:3.20
RUN set -e; wget -qO- https://example.org/a.tar.gz | tar xz; \
    cat /etc/os-release | tee /a && touch /b || touch /c
