FROM golang:1.22 AS build
RUN go env \
    && go version
FROM scratch
COPY --from=build /go /go
