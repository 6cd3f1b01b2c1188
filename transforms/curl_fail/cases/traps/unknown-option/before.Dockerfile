FROM python:3.12
RUN curl --some-new-option x -o /a https://example.org/a
