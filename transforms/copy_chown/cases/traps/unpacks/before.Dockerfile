FROM debian:12
ADD a.sh /usr/local/bin/
RUN chmod 755 /usr/local/bin/a.sh
