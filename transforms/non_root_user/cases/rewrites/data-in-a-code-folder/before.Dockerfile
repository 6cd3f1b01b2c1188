FROM python:3.12
WORKDIR /app
COPY src/ ./
CMD ["python", "app.py"]
