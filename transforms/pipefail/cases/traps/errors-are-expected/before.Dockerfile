FROM alpine:3.20
RUN cat /etc/*.list 2>/dev/null | sort > /sources
