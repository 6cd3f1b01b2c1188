FROM python:3.12
RUN curl -s -o /seen -w "%{http_code}" https://example.org/a > /code
