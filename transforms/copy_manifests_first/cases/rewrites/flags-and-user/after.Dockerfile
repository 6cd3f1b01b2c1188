FROM node:20
ENV NODE_ENV=production
WORKDIR /home/node/app

# install dependencies
COPY --chown=node:node package.json package-lock.json ./
USER node
RUN npm ci && npm cache clean --force
COPY --chown=node:node . .

CMD ["node", "server.js"]
