FROM debian:12
COPY a.sh /opt/a.sh
RUN cp /etc/hosts /app/a.sh && chmod 755 /opt/a.sh
