FROM debian:12
COPY a.sh /a.sh
SHELL ["pwsh", "-Command"]
RUN chmod 755 /a.sh
