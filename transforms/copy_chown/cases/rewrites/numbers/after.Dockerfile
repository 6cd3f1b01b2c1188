FROM debian:12
COPY --chown=1000:1000 app.conf /etc/app.conf
CMD ["cat", "/etc/app.conf"]
