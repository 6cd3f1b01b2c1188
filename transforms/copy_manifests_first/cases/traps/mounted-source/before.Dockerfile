FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN --mount=type=bind,target=/ctx pip install -r requirements.txt
