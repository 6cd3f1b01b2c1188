FROM debian:12
ARG DEST=/usr/local/bin
COPY a.sh /usr/local/bin/
RUN chmod 755 $DEST/a.sh
