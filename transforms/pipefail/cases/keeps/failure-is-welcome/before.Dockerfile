FROM alpine:3.20
RUN wget -qO- https://example.org/a.tar.gz | tar xz || true
