FROM alpine:3.22
EXPOSE 5432 53/udp
CMD ["/app"]
