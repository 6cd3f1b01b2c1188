FROM python:3.12
RUN until curl -so /a https://example.org/a; do sleep 1; done
