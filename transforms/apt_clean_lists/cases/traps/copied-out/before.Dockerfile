FROM debian:12 AS base
RUN apt-get update && apt-get install -y curl
FROM scratch AS files
COPY --from=base / /
FROM base
