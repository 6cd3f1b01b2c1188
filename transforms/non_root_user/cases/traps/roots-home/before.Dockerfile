FROM golang:1.22 AS build
RUN go build -o /main .
FROM alpine:3.19
WORKDIR /root/
COPY --from=build /main .
EXPOSE 8080
CMD ["./main"]
