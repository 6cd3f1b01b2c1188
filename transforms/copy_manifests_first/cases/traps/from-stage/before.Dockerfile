FROM node:20 AS src
WORKDIR /repo
FROM node:20
WORKDIR /app
COPY --from=src /repo .
RUN npm ci
