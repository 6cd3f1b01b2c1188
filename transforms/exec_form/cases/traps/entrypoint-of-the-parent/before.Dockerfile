FROM debian:12 AS base
ENTRYPOINT ["/init"]
FROM base
CMD nginx
