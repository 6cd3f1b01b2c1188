FROM node:20
WORKDIR /app
COPY --chown=node:node a.sh ./
USER node
RUN chmod 755 a.sh
CMD ["./a.sh"]
