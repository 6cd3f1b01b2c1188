FROM node:20
RUN set -e; npm ci; npm run build
