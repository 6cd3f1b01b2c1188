FROM buildpack-deps:bookworm
ARG V=1.2
ADD https://example.org/x-${V%.*}.tar.gz /srv/x.tar.gz
RUN tar -xzf /srv/x.tar.gz -C /srv
