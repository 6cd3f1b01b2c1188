FROM debian:12
COPY link.sh /usr/local/bin/
RUN chmod 755 /usr/local/bin/link.sh
