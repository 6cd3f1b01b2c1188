FROM debian:12
ADD https://example.org/x.tar.gz /srv/
RUN tar -xzf /srv/x.tar.gz -C /srv
