FROM debian:12
COPY app.conf /etc/
RUN chown 1000 /etc/app.conf
