FROM python:3.12
RUN useradd shop
WORKDIR /app
COPY app.py .
CMD ["python", "app.py"]
