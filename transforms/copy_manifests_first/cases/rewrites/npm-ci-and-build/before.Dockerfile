FROM node:20
WORKDIR /app
# the sources
COPY . /app
RUN npm ci \
    # bundle
    && npm run build \
    && node server.js
CMD ["node", "server.js"]
