FROM python:3.12
HEALTHCHECK CMD curl -s http://localhost:8080/ > /tmp/health
CMD curl -o /a https://example.org/a && exec app
