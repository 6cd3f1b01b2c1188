FROM debian:12
COPY linked /app
RUN chown -R 1000:1000 /app
