FROM debian:12
CMD /app/start.sh --port 80
