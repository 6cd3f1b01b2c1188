FROM debian:12 AS build
LABEL org.opencontainers.image.authors="a@example.org"
RUN touch /a
FROM debian:12
LABEL org.opencontainers.image.authors="b@example.org"
LABEL version="1"
COPY --from=build /a /a
