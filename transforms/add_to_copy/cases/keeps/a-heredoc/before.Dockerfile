FROM debian:12
ADD <<END /etc/motd
welcome
END
