FROM python:3.12-slim
RUN mkdir -p /releases/1 && ln -s /releases/1 /srv/app
COPY . /srv/app
RUN pip install -r /srv/app/requirements.txt
