FROM python:3.12-slim
RUN apt-get purge -y --allow-remove-essential passwd
WORKDIR /app
COPY app.py .
CMD ["python", "app.py"]
