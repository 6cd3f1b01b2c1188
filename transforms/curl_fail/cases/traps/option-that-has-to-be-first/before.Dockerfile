FROM debian:12
RUN curl -qo tool https://example.org/tool
