FROM alpine:3.20
RUN apk -- add curl
RUN apk --<f add curl
