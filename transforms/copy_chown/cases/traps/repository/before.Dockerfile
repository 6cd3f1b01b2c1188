FROM debian:12
ADD https://example.org/a/tool.git /opt/tool.sh
RUN chmod 755 /opt/tool.sh
