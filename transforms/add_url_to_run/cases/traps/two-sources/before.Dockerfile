FROM buildpack-deps:bookworm
ADD https://example.org/x.tar.gz https://example.org/y.tar.gz /srv/
RUN tar -xzf /srv/x.tar.gz -C /srv
