FROM node:20
COPY . /srv/shop
RUN cd /srv/shop && npm ci
