FROM buildpack-deps:bookworm
ADD https://example.org/x.tar.gz /srv/
RUN --mount=type=cache,target=/srv tar -xzf /srv/x.tar.gz -C /srv
