FROM node:20
WORKDIR /app
COPY . .
RUN npm ci && npx playwright install --with-deps chromium
EXPOSE 3000
CMD ["node", "server.js"]
