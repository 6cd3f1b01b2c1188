FROM node:20
RUN npm ci \
    && ( cd web && npm ci --omit=dev && npm cache clean --force ) \
    && yarn global add serve \
    && yarn cache clean
