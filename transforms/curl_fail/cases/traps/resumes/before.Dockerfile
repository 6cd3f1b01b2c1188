FROM python:3.12
RUN curl -C - -o /a https://example.org/a
