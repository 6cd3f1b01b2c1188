FROM node:20
WORKDIR /a
RUN npm install is-odd@3.0.1 && rm -rf /tmp/x /root/.npm
