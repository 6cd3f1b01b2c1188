FROM python:3.12
WORKDIR /app
ONBUILD COPY . .
CMD ["python", "app.py"]
