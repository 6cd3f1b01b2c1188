FROM node:20
COPY web/package.json web/package-lock.json /srv/shop/web/
WORKDIR /srv/shop/web
RUN npm ci
COPY . /srv/shop
