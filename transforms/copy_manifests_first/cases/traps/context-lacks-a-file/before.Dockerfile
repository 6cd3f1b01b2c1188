FROM node:22-slim
WORKDIR /app
COPY . .
RUN npm ci
CMD ["node", "services/api/src/index.js"]
COPY deploy/settings.json /etc/api.json
