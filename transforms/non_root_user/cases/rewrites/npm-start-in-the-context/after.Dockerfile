FROM node:20-alpine
WORKDIR /app
RUN install -d -o 1000 -g 1000 /app
COPY package.json server.js ./
USER 1000:1000
CMD ["npm", "start"]
