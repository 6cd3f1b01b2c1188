FROM debian:12
COPY run.sh conf /srv/
COPY conf/*.conf /etc/app/
