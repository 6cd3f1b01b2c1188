FROM debian:12
RUN --mount=type=cache,target=cache cd /opt && cp -r /cache/a b
WORKDIR /opt
