FROM python:3.12
WORKDIR /app
COPY app.py .
CMD ["sudo", "-u", "nobody", "python", "app.py"]
