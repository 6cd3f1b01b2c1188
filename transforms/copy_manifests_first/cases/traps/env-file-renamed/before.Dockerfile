FROM node:20
WORKDIR /app
COPY . .
COPY .env.production .env
RUN npm ci
RUN npm run build
