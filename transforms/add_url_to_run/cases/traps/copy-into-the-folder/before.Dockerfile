FROM buildpack-deps:bookworm
ADD https://example.org/x.tar.gz /srv/
COPY srv /srv
RUN tar -xzf /srv/x.tar.gz -C /srv
