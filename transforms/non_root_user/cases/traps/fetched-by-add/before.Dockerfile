FROM python:3.12
WORKDIR /app
ADD https://example.org/app.py .
CMD ["python", "app.py"]
