FROM debian:12 AS debug
EXPOSE 22
FROM debian:12
