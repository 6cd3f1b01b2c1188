FROM node:20
RUN npm ci
COPY . .
RUN npx --offline build
