FROM python:3.12
RUN curl -s https://example.org/
