FROM alpine:3.20
RUN apk add --no-cache curl bash && curl -fsSL https://example.org/install.sh | bash -s -- --yes
