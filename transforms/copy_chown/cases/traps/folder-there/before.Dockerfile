FROM debian:12
WORKDIR /app
COPY src ./
RUN chown -R 1000:1000 /app
