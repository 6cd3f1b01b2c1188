FROM python:3.12
RUN curl -sI https://example.org/a > /headers
