FROM python:3.12
RUN pip --version && pip install --upgrade pip
RUN pip install flask
