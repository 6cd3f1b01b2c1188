FROM python:3.12
WORKDIR /app
COPY supervisord.conf .
CMD ["supervisord", "-c", "supervisord.conf"]
