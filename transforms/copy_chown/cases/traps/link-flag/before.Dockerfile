FROM debian:12
COPY --link a.sh /usr/local/bin/
RUN chmod 755 /usr/local/bin/a.sh
