FROM alpine:3.20
RUN apk add --root /out --initdb curl
