FROM acme/base
COPY tool /data
RUN chmod 755 /data
