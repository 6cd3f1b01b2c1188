FROM node:10
RUN npm install -g npm
