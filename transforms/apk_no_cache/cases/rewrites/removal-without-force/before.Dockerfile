FROM alpine:3.20
RUN apk add --update curl && rm -rf /tmp/* && rm /var/cache/apk/* /tmp/x
RUN apk add --update git
RUN rm -r /var/cache/apk/*
