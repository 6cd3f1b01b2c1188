FROM python:3.12
RUN set -ex; \
    curl -sL -o /a "https://example.org/a?x=1&y=2"; \
    { curl -sL -o /b https://example.org/b; }; \
    chmod +x /a /b
