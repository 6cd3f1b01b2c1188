FROM node:20
WORKDIR /app
RUN install -d -o 1000 -g 1000 /app
COPY package.json ./
RUN true
COPY --chown=1000:1000 config.json db.json ./
COPY server.js ./
EXPOSE 3000
USER 1000:1000
CMD ["node","server.js"]
