FROM buildpack-deps:bookworm AS build
ADD https://example.org/x.tar.gz /opt/
RUN tar -xzf /opt/x.tar.gz -C /opt
FROM debian:12
COPY --from=build /opt/x /opt/x
