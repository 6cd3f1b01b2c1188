FROM node:20
WORKDIR /app
COPY . /srv/shop
RUN cd /srv/shop/docs && cd /srv/shop && npm ci
