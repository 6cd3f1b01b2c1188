FROM python:3.12
RUN curl -K /options -o /a https://example.org/a
