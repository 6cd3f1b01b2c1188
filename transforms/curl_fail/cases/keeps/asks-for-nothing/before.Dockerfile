FROM python:3.12
RUN curl --version && curl -V && which curl && apt-get install -y curl
