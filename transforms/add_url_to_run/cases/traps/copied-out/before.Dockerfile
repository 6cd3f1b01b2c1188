FROM buildpack-deps:bookworm AS base
ADD https://example.org/x.tar.gz /srv/
RUN tar -xzf /srv/x.tar.gz -C /srv
FROM scratch AS files
COPY --from=base /srv /
FROM base
