FROM buildpack-deps:bookworm
ADD --checksum=sha512:00 https://example.org/x.tar.gz /srv/
RUN tar -xzf /srv/x.tar.gz -C /srv
