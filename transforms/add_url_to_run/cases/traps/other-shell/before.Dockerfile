FROM buildpack-deps:bookworm
SHELL ["pwsh", "-Command"]
ADD https://example.org/x.tar.gz /srv/
RUN tar -xzf /srv/x.tar.gz -C /srv
