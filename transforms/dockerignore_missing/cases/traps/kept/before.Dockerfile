FROM node:24
# dfopt: keep dockerignore-missing
COPY . /app
RUN npm ci
