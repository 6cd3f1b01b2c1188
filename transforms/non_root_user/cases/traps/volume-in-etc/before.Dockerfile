FROM python:3.12
WORKDIR /app
COPY app.py .
VOLUME /etc/acme
CMD ["python", "app.py"]
