FROM alpine:3.20
RUN cat /etc/passwd | grep example | cut -d: -f1 > /users
