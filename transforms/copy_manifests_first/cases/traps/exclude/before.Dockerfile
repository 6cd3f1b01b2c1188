# syntax=docker/dockerfile:1-labs
FROM node:20
WORKDIR /app
COPY --exclude=*.json . .
RUN npm ci
