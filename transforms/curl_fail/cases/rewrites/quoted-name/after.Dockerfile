FROM debian:12
RUN \curl -fsSL https://example.org/tool -o /usr/local/bin/tool && "curl" -fL -o a https://example.org/a
