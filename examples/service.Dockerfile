FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends redis-server
RUN rm -rf /var/lib/apt/lists/*
RUN redis-server --daemonize yes && sleep 1 && redis-cli ping
RUN set -e; . /etc/os-release; echo "$VERSION" > /srv/version
COPY start.sh /usr/local/bin/
RUN chmod 755 /usr/local/bin/start.sh
ENTRYPOINT start.sh
