FROM debian:12
# hadolint ignore=DL3059
COPY a.sh /usr/local/bin/
# must be executable
RUN chmod 755 /usr/local/bin/a.sh
CMD ["a.sh"]
