FROM debian:12
# dfopt: keep setuid-files chrome drops its rights
RUN chmod 4755 /opt/chrome/chrome-sandbox
