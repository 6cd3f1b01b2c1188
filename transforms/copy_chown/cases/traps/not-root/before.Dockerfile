FROM node:20
COPY a.sh /usr/local/bin/
USER node
RUN chmod 755 /usr/local/bin/a.sh
