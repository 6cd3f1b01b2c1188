FROM acme/node
RUN npm ci
