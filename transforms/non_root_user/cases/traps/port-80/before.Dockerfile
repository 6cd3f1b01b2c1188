FROM python:3.12
WORKDIR /app
COPY app.py .
EXPOSE 80
CMD ["python", "app.py"]
