FROM debian:12
COPY src /app
RUN mkdir -m 700 /app/logs && chown -R 1000:1000 /app
