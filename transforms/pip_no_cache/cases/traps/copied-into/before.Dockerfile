FROM python:3.12
COPY wheels /root/.cache/pip
RUN pip install flask
