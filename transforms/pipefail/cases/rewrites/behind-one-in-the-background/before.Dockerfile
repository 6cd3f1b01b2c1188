FROM alpine:3.20
RUN sleep 1 & wget -qO- https://example.org/tool.tar.gz | tar xz
