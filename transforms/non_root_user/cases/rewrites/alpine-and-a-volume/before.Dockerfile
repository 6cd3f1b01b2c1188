FROM golang:1.22 AS build
WORKDIR /src
COPY go.mod main.go ./
RUN go build -o /out/srv .
FROM alpine:3.19
RUN apk add --no-cache ca-certificates
WORKDIR /app
COPY --from=build /out/srv /app/srv
EXPOSE 8080
VOLUME /data
CMD ["/app/srv", "--dir=/data"]
