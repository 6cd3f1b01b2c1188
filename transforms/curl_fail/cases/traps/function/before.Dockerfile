FROM python:3.12
RUN curl() { command wget -O "$2" "$3"; } && curl -o /a https://example.org/a
