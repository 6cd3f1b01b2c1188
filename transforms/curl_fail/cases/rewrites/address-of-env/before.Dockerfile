FROM python:3.12
ENV VERSION=1.2
RUN curl -XGET -sLo /tool "https://example.org/$VERSION/tool" && chmod +x /tool
