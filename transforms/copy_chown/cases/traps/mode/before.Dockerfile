FROM debian:12
COPY a.sh /usr/local/bin/
RUN chmod a+X /usr/local/bin/a.sh
