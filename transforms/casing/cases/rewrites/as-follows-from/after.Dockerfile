FROM debian:12 AS build
RUN touch /a
FROM debian:12 \
  AS other
RUN touch /b
