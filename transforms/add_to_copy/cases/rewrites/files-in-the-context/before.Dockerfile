FROM debian:12
ADD run.sh conf /srv/
ADD conf/*.conf /etc/app/
