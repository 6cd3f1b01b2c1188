FROM python:3.12
ARG CURL_OPTS
RUN curl $CURL_OPTS -o /a https://example.org/a
