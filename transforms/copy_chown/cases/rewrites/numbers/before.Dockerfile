FROM debian:12
COPY app.conf /etc/app.conf
RUN chown 1000:1000 /etc/app.conf
CMD ["cat", "/etc/app.conf"]
