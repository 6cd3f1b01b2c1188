FROM debian:12
COPY a.sh /usr/local/bin/
RUN test -x /a.sh || chmod 755 /usr/local/bin/a.sh
