FROM buildpack-deps:bookworm
RUN curl -fsSLo /tmp/tool.deb https://example.org/tool.deb \
    && dpkg -i /tmp/tool.deb && rm /tmp/tool.deb
