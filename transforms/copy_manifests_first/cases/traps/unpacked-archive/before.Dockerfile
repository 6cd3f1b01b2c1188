FROM node:20
WORKDIR /app
ADD vendor.tar.gz server.js package.json package-lock.json ./
RUN npm ci
