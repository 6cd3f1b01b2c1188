FROM python:3.12
COPY .curlrc /root/
RUN curl -sSLo /a https://example.org/a
