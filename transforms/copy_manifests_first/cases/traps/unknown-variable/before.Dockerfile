FROM python:3.12-slim
ARG SRC=.
WORKDIR /app
COPY $SRC .
RUN pip install -r requirements.txt
