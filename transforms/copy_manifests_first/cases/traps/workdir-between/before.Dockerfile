FROM python:3.12-slim
WORKDIR /one
COPY . .
WORKDIR /two
RUN pip install -r /one/requirements.txt
