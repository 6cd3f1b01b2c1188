FROM buildpack-deps:bookworm
ADD https://example.org/x.tar.gz /srv/
RUN tar -xzf /srv/x.tar.gz -C /srv && cat > /note <<END
unpacked
END
