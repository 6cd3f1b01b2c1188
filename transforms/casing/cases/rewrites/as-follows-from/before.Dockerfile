FROM debian:12 as build
RUN touch /a
FROM debian:12 \
  aS other
RUN touch /b
