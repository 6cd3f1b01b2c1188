FROM golang:1.22 AS build
RUN go build -o /fmt .
FROM alpine:3.19
COPY --from=build /fmt /usr/local/bin/fmt
ENTRYPOINT ["fmt"]
