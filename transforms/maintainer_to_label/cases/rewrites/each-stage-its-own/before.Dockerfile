FROM debian:12 AS build
MAINTAINER a@example.org
RUN touch /a
FROM debian:12
MAINTAINER b@example.org
LABEL version="1"
COPY --from=build /a /a
