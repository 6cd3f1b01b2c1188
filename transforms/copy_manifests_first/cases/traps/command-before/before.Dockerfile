FROM node:20
WORKDIR /app
COPY . .
RUN node build.js && npm ci
