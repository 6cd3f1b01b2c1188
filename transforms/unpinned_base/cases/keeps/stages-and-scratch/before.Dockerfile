FROM golang:1.25 AS build
FROM build AS test
FROM scratch
COPY --from=build /app /app
