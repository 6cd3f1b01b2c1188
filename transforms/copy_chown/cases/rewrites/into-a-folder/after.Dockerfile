FROM debian:12
COPY --chmod=755 --chown=1:1 a.sh /usr/local/bin
CMD ["a.sh"]
