FROM alpine:3.22 AS base
HEALTHCHECK CMD wget -q -O /dev/null http://127.0.0.1/ || exit 1
FROM base
EXPOSE 80
CMD ["/app"]
