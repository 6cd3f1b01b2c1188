FROM node:20
WORKDIR /app
COPY package.json bun.lock ./
RUN npm install -g bun
RUN bun install --frozen-lockfile
COPY . .
RUN bun run build
