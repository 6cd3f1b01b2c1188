FROM debian:12
RUN curl -q -sSLO https://example.org/tool && curl --disable -Lo a https://example.org/a
