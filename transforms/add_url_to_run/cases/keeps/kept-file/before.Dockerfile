FROM buildpack-deps:bookworm
ADD https://example.org/tool /usr/local/bin/tool
RUN chmod 755 /usr/local/bin/tool
