FROM debian:12
COPY src /app
WORKDIR /app/data
RUN chown -R 1000:1000 /app
