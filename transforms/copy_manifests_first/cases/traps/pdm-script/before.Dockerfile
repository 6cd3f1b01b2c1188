FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pdm sync --no-self
