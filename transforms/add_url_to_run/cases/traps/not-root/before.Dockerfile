FROM buildpack-deps:bookworm
USER nobody
ADD https://example.org/x.tar.gz /tmp/
RUN tar -xzf /tmp/x.tar.gz -C /tmp
