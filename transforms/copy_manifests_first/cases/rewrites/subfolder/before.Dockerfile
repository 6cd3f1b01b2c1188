FROM node:20
COPY . /srv/shop
WORKDIR /srv/shop/web
RUN npm ci
