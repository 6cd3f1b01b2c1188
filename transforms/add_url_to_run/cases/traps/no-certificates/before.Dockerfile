FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends curl
ADD https://example.org/x.tar.gz /srv/
RUN tar -xzf /srv/x.tar.gz -C /srv
