FROM debian:12
COPY . /app
RUN chmod 755 /app/a.sh
