FROM debian:12
COPY a.sh /usr/local/bin/
# hadolint ignore=DL3059
RUN chmod 755 /usr/local/bin/a.sh
CMD ["a.sh"]
