FROM buildpack-deps:bookworm
ADD https://example.org/x.tar.gz /srv/
RUN find /srv > /list
RUN tar -xzf /srv/x.tar.gz -C /srv
