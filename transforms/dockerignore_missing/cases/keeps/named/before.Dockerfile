FROM node:24
COPY . /app
COPY .env /app/
