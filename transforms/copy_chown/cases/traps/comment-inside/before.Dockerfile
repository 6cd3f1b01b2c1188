FROM debian:12
COPY a.sh /a.sh
RUN date > /b && \
    # must be executable
    chmod 755 /a.sh
