# docker run -v /var/run/docker.sock:/var/run/docker.sock watcher
FROM python:3.12
WORKDIR /app
COPY app.py .
CMD ["python", "app.py"]
