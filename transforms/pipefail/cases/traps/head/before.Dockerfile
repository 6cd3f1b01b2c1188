FROM alpine:3.20
RUN cat /dev/urandom | tr -dc a-z | head -c 20 > /secret
