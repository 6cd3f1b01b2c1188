FROM python:3.12
RUN curl -s -X POST -d @/report https://example.org/report > /answer
