FROM node:20
RUN npm install && npm cache clean --force
RUN npm ci && rm -rf ~/.npm
RUN npm run build && yarn build
