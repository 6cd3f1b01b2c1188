FROM buildpack-deps:bookworm
ADD https://example.org/x.tar.gz /srv/x
RUN tar -xzf "$(find /srv -name 'x.tar.gz')" -C /srv
