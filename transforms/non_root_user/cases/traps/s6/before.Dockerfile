FROM alpine:3.19
COPY rootfs/ /
ENTRYPOINT ["/init"]
