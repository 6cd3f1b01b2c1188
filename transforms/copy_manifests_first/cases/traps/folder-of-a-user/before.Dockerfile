FROM node:20
COPY src /srv/app/src
USER node
WORKDIR /srv/app
COPY package.json package-lock.json ./
RUN npm ci
