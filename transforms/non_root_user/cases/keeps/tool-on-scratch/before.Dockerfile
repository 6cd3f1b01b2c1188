FROM golang:1.22 AS build
RUN CGO_ENABLED=0 go build -o /du .
FROM scratch
COPY --from=build /du /du
ENTRYPOINT ["/du"]
