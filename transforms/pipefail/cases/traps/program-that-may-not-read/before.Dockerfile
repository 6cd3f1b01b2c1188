FROM alpine:3.20
RUN cat /answers | ./configure-all
