FROM debian:12
RUN mkdir -p /app/logs
COPY app.conf /app/
RUN chown -R 1000:1000 /app
