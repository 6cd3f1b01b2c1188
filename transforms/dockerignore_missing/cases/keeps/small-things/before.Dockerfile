FROM node:24
COPY . /app
