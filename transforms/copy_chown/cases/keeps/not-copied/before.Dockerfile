FROM debian:12
COPY a.sh /a.sh
RUN mkdir /data && chown 1000:1000 /data && chmod 700 /data
