FROM debian:12
RUN --mount=type=bind,source=.,target=/src cd /src && cp -r a /b
WORKDIR /src
