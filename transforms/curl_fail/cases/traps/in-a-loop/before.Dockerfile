FROM python:3.12
RUN for n in a b; do curl -sO https://example.org/$n; done
