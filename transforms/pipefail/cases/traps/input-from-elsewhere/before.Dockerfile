FROM alpine:3.20
RUN cat /a | sort < /b > /c
