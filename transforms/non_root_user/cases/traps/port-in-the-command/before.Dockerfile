FROM python:3.12
WORKDIR /app
COPY app.py .
CMD ["gunicorn", "--bind", "0.0.0.0:443", "app:app"]
