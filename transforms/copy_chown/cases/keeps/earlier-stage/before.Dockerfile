FROM debian:12 AS base
COPY a.sh /a.sh
FROM base
RUN chmod 755 /a.sh
