FROM python:3.12
RUN curl -o a https://example.org/a && echo "unbalanced
