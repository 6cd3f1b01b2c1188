FROM node:20-alpine
WORKDIR /app
COPY package.json server.js ./
CMD ["npm", "start"]
