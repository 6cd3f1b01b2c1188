FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN mkdir -p data
RUN pip install -r requirements.txt
