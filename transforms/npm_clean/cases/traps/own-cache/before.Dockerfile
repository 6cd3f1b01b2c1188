FROM node:20
ENV npm_config_cache=/cache
RUN npm ci
