FROM buildpack-deps:bookworm
ADD https://example.org/tool.deb /tmp/
RUN dpkg -i /tmp/tool.deb && rm /tmp/tool.deb
