FROM alpine:3.20
RUN <<EOF
# fetch
curl -fsSL https://example.org/tool.tar.gz | tar xz -C /opt
EOF
