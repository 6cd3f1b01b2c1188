FROM debian:12
CMD cat /etc/*.conf
