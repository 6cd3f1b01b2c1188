FROM node:20
WORKDIR /app
COPY package.json package-lock.json /app/
RUN npm ci
# the sources
COPY . /app
# bundle
RUN npm run build \
    && node server.js
CMD ["node", "server.js"]
