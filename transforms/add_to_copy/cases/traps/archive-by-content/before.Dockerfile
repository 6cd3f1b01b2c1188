FROM debian:12
ADD payload.dat /opt/
