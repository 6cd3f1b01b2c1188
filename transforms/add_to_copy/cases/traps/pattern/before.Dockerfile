FROM debian:12
ADD data* /opt/
