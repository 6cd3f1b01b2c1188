FROM debian:12
COPY a.sh /usr/local/bin/
RUN chmod --reference=/bin/sh 755 /usr/local/bin/a.sh
