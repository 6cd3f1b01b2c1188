FROM python:3.12
WORKDIR /app
COPY start.sh app.py ./
ENTRYPOINT ["/app/start.sh"]
