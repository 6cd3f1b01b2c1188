FROM debian:12

# the start
# must be executable
COPY --chmod=755 a.sh /usr/local/bin/start

CMD ["start"]
