# syntax=docker/dockerfile:1.17
FROM buildpack-deps:bookworm
ADD --unpack=true https://example.org/x.tar.gz /srv/
RUN tar -xzf /srv/x.tar.gz -C /srv
