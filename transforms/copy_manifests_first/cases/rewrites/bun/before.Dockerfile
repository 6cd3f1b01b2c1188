FROM node:20
WORKDIR /app
COPY . .
RUN npm install -g bun
RUN bun install --frozen-lockfile
RUN bun run build
