FROM debian:12
ADD build/out /opt/
