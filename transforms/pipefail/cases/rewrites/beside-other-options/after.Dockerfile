FROM alpine:3.20
RUN set -ex -o pipefail; \
    apk add --no-cache curl; \
    curl -fsSL https://example.org/a.sql.gz | gunzip | tee /a.sql; \
    test -s /a.sql
