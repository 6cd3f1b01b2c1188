FROM alpine:3.20
RUN apk add --no-cache --virtual .build gcc make \
    && apk del .build
