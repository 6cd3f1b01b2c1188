FROM python:3.12
WORKDIR /app
COPY app.py .
USER root
CMD ["python", "app.py"]
