FROM alpine:3.20
RUN VERSION=$(wget -qO- https://example.org/latest | tr -d v) && wget -qO- "https://example.org/$VERSION.tar.gz" | tar xz
