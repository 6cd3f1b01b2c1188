FROM python:3.12-slim
COPY . /srv/app
COPY --chown=33:33 . /srv/app
RUN pip install -r /srv/app/requirements.txt
