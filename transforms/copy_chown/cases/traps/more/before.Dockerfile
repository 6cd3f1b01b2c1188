FROM debian:12
RUN mkdir -p /app/logs && date > /app/built
COPY app.conf /app/
RUN chown -R 1000:1000 /app
