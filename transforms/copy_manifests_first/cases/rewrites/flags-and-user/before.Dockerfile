FROM node:20
ENV NODE_ENV=production
WORKDIR /home/node/app

# install dependencies
COPY --chown=node:node . .
USER node
RUN npm ci && npm cache clean --force

CMD ["node", "server.js"]
