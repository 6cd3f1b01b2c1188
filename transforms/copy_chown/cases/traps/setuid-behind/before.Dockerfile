FROM debian:12
COPY tool /usr/bin/
RUN chown root:4 /usr/bin/tool && chmod 4755 /usr/bin/tool
