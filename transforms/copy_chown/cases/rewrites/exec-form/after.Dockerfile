FROM acme/base
COPY --chmod=755 a.sh /start
ENTRYPOINT ["/start"]
