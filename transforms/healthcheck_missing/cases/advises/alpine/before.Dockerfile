FROM alpine:3.22
COPY app /
EXPOSE 8080/tcp
ENTRYPOINT ["/app"]
