FROM debian:12
RUN mkdir /srv/app-1 && ln -s /srv/app-1 /srv/app
RUN cd /srv/app && touch a
WORKDIR /srv/app
