FROM python:3.12
WORKDIR /app
COPY app.py .
COPY passwd /etc/passwd
CMD ["python", "app.py"]
