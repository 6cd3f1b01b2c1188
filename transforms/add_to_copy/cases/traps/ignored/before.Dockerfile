FROM debian:12
ADD data.txt /opt/
