FROM node:20
COPY package.json package-lock.json /srv/shop/
RUN cd /srv/shop && npm ci
COPY . /srv/shop
