FROM python:3.12-slim
COPY . /usr/local
RUN pip install -r /usr/local/requirements.txt
