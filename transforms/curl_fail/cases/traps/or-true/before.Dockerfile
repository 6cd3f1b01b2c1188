FROM python:3.12
RUN curl -sSLo /a https://example.org/a || true
