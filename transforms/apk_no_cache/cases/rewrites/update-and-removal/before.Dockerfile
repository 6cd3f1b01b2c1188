FROM alpine:3.20
RUN apk update \
    && apk add --virtual .build gcc make \
    && apk del .build \
    && rm -rf /var/cache/apk/*
