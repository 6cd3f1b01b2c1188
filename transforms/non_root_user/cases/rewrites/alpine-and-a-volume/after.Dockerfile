FROM golang:1.22 AS build
WORKDIR /src
COPY go.mod main.go ./
RUN go build -o /out/srv .
FROM alpine:3.19
RUN apk add --no-cache ca-certificates
WORKDIR /app
RUN addgroup -g 10001 app \
    && adduser -D -u 10001 -G app app \
    && install -d -o 10001 -g 10001 /app /data
COPY --from=build /out/srv /app/srv
EXPOSE 8080
VOLUME /data
USER 10001:10001
CMD ["/app/srv", "--dir=/data"]
