FROM node:20
RUN npm ci \
    && ( cd web && npm ci --omit=dev ) \
    && yarn global add serve
