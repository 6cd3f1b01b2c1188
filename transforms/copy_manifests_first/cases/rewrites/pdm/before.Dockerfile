FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install pdm
RUN pdm sync --prod --no-self
