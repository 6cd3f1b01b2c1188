FROM python:3.12
SHELL ["/usr/local/bin/python", "-c"]
WORKDIR /app
COPY app.py .
CMD ["python", "app.py"]
