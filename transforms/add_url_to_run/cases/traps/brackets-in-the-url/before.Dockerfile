FROM buildpack-deps:bookworm
ADD https://example.org/x[1].tar.gz /srv/x.tar.gz
RUN tar -xzf /srv/x.tar.gz -C /srv
