FROM python:3.12
RUN curl -o a ftp://example.org/a && curl -o b file:///etc/hosts && curl -o c ftp.example.org/c
