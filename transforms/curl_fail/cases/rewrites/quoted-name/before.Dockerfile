FROM debian:12
RUN \curl -sSL https://example.org/tool -o /usr/local/bin/tool && "curl" -L -o a https://example.org/a
