FROM acme/base
COPY src /app
RUN chown -R 1000:1000 /app
