FROM debian:12
COPY run.sh /usr/local/bin/
RUN chmod 755 /usr/local/bin/run.sh # git on Windows loses it
