FROM alpine:3.20
RUN apk add --no-cache curl && rm -rf /tmp/* && rm -f /var/cache/apk/* /tmp/x
RUN apk add --no-cache git
RUN rm -f -r /var/cache/apk/*
