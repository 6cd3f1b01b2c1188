FROM python:3.12-slim
COPY --chown=33:33 src /srv/app/src
COPY requirements.txt /srv/app/
RUN pip install -r /srv/app/requirements.txt
