FROM debian:12
COPY a.sh /usr/local/bin/
RUN cd /usr/local/bin && chmod 755 a.sh
