FROM node:20 AS assets
WORKDIR /out
FROM python:3.12-slim
WORKDIR /app
COPY . .
COPY --from=assets /out/main.py ./main.py
RUN pip install -r requirements.txt
