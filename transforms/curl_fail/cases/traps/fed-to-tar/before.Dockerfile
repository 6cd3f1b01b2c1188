FROM python:3.12
RUN curl -sSL https://example.org/a.tar.gz | tar -xz -C /opt
