FROM python:3.12-slim
RUN apt-get update && apt-get install -y npm
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
