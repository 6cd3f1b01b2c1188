FROM debian:12 AS unused
ENV MSG it's fine
FROM debian:12
