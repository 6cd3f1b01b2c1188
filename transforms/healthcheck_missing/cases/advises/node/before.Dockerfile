FROM node:24-slim
COPY . /app
EXPOSE 3000
CMD ["node", "/app"]
