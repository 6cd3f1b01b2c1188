FROM node:8-onbuild
CMD ["node", "server.js"]
