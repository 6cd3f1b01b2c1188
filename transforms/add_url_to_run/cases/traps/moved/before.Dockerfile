FROM buildpack-deps:bookworm
ADD https://example.org/x.tar.gz /srv/
RUN tar -xzf /srv/x.tar.gz -C /srv && mv /srv/x.tar.gz /keep.tar.gz && rm -f /srv/x.tar.gz
