FROM debian:12
EXPOSE 10000/tcp 10001/tcp 10002/tcp 10003/tcp 10004/tcp \
    20000/udp 20001/udp 20002/udp
