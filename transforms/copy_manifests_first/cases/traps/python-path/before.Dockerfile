FROM python:3.12-slim
ENV PYTHONPATH=/app
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
