FROM alpine:3.22
COPY linked /app
RUN chown -R 1000:1000 /app
