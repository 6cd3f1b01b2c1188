FROM debian:12
COPY dist.sh /usr/local/bin/
RUN chmod 755 /usr/local/bin/dist.sh
