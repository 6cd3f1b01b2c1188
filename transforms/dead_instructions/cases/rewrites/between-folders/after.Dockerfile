FROM debian:12
WORKDIR /srv
WORKDIR /srv/app
CMD ["sleep", "2"]
