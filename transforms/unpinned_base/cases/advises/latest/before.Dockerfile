FROM node:latest AS build
RUN npm ci
FROM ghcr.io/acme/base:latest
COPY --from=build /app /app
