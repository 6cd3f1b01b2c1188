FROM debian:12
COPY a.sh /a.sh
RUN ./prepare
RUN chmod 755 /a.sh
