FROM buildpack-deps:bookworm
ADD https://example.org/a%20b.tar.gz /srv/
RUN tar -xzf /srv/a%20b.tar.gz -C /srv
