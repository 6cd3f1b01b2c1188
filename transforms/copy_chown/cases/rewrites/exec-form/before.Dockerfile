FROM acme/base
COPY a.sh /start
RUN ["chmod", "755", "/start"]
ENTRYPOINT ["/start"]
