FROM alpine:3.20
RUN apk add --no-cache --virtual .zz \
    abuild \
    gcc \
    make
