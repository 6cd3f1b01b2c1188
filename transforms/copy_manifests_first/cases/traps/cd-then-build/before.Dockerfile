FROM node:20
WORKDIR /app
COPY . /srv/shop
RUN cd /srv/shop && npm ci && npm run build
