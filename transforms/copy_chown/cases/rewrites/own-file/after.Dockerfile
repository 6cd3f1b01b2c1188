FROM node:20
WORKDIR /app
COPY --chown=node:node --chmod=755 a.sh ./
USER node
CMD ["./a.sh"]
