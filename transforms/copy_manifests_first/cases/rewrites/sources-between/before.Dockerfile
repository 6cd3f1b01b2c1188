FROM python:3.12-slim
WORKDIR /app
COPY static /app/static

COPY requirements.txt /app
RUN pip install -r requirements.txt
COPY app.py /app
