FROM debian:12
WORKDIR /srv
COPY --chown=0:33 --chmod=640 app.conf ./
CMD ["cat", "app.conf"]
