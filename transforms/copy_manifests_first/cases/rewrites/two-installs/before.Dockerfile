FROM python:3.12-slim
RUN apt-get update && apt-get install -y npm
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
RUN npm ci
RUN npm run build
