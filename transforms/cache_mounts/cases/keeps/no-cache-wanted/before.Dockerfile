FROM python:3.12
ENV PIP_NO_CACHE_DIR=1
RUN pip install flask
RUN apt-get update && apt-get install -y curl && apt-get distclean
RUN npm ci && npm cache clean --force
