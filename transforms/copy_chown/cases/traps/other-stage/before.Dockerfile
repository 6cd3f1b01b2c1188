FROM golang:1.22 AS build
FROM debian:12
COPY --from=build /out/tool /usr/local/bin/
RUN chmod 755 /usr/local/bin/tool
