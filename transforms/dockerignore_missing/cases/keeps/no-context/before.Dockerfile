FROM node:24
COPY . /app
RUN npm ci
