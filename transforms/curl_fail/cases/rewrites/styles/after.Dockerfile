FROM python:3.12
RUN curl --fail --silent --location --output /usr/local/bin/a "https://example.org/a" \
    && curl -f -o /usr/local/bin/b https://example.org/b \
    && curl -f https://example.org/c > /usr/local/bin/c \
    && sudo curl -fLO https://example.org/d \
    && curl -H 'Accept: text/plain' -fL -o e "$URL" 2>/dev/null
