FROM debian:12 AS base
ENTRYPOINT nginx -g 'daemon off;'
FROM base
CMD ["--help"]
