FROM python:3.12
RUN curl -sT /report https://example.org/report -o /answer
