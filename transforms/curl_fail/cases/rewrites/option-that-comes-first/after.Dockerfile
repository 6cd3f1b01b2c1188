FROM debian:12
RUN curl -q -fsSLO https://example.org/tool && curl --disable -fLo a https://example.org/a
