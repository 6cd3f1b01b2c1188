FROM debian:12 AS b
RUN apt-get update && apt-get install -y gcc
FROM scratch
COPY --from=b /a /a
