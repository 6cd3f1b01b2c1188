FROM node:20
WORKDIR /usr/src/app
COPY package*.json ./
RUN npm ci
RUN install -d -o 1000 -g 1000 /usr/src/app
COPY --chown=1000:1000 . .
EXPOSE 3000
USER 1000:1000
CMD ["node", "server.js"]
