FROM node:20
WORKDIR /a
RUN --mount=type=cache,target=/root/.npm npm install is-odd@3.0.1
