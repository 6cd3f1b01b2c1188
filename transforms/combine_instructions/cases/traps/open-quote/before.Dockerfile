FROM debian:12 AS unused
LABEL a=\"b"
LABEL c=d
FROM debian:12
