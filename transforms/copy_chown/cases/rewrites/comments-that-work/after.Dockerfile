FROM debian:12
# must be executable
# hadolint ignore=DL3059
COPY --chmod=755 a.sh /usr/local/bin/
CMD ["a.sh"]
