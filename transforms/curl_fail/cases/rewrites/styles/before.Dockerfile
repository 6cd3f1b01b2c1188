FROM python:3.12
RUN curl --silent --location --output /usr/local/bin/a "https://example.org/a" \
    && curl -o /usr/local/bin/b https://example.org/b \
    && curl https://example.org/c > /usr/local/bin/c \
    && sudo curl -LO https://example.org/d \
    && curl -H 'Accept: text/plain' -L -o e "$URL" 2>/dev/null
