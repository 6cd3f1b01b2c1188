FROM debian:12
# what the build needs
RUN apt-get update
RUN apt-get install -y --no-install-recommends ca-certificates curl
RUN cd /opt && curl -fsSLO https://example.org/tool.sh
EXPOSE 8080
RUN rm -rf /var/lib/apt/lists/*
CMD ["sh", "/opt/tool.sh"]
