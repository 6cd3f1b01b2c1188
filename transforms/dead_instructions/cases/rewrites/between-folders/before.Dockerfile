FROM debian:12
WORKDIR /srv
CMD ["sleep", "1"]
WORKDIR /srv/app
CMD ["sleep", "2"]
