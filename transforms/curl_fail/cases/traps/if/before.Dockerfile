FROM python:3.12
RUN if curl -so /a https://example.org/a; then chmod +x /a; fi
