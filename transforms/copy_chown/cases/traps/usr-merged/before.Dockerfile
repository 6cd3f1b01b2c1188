FROM debian:12
COPY a.sh /bin/
COPY b.sh /usr/bin/a.sh
RUN chmod 700 /bin/a.sh
