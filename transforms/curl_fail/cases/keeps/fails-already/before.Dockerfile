FROM python:3.12
RUN curl -fsSL -o a https://example.org/a && curl --fail -o b https://example.org/b && curl -sSfo c https://example.org/c \
    && curl --fail-with-body -o d https://example.org/d
