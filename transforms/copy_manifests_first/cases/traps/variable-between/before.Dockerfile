FROM python:3.12-slim
ENV DIR=/one
COPY . $DIR
ENV DIR=/two
RUN pip install -r /one/requirements.txt
