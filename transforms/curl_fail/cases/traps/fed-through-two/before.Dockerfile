FROM python:3.12
RUN curl -sSL https://example.org/a.gz | gunzip | tee /a
