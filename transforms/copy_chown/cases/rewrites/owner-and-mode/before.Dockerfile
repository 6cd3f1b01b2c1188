FROM debian:12
WORKDIR /srv
COPY app.conf ./
RUN chown -v root:33 app.conf && chmod 640 app.conf
CMD ["cat", "app.conf"]
