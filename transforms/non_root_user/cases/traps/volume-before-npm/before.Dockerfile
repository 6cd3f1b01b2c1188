FROM node:20
VOLUME /data
WORKDIR /app
COPY package.json ./
RUN npm install
COPY server.js ./
CMD ["node", "server.js"]
