FROM debian:12
COPY a.sh /usr/local/bin
RUN chmod 755 /usr/local/bin/a.sh && chown 1:1 /usr/local/bin/a.sh
CMD ["a.sh"]
