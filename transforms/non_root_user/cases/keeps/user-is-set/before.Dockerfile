FROM python:3.12
WORKDIR /app
COPY app.py .
USER 1000
CMD ["python", "app.py"]
