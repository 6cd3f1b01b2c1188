FROM debian:12

# the start
COPY a.sh /usr/local/bin/start

# must be executable
RUN chmod 755 /usr/local/bin/start

CMD ["start"]
