FROM debian:12 AS build
RUN mkdir -p /out/a && echo a > /out/a/x && tar -cf /out/a.tar -C /out a

FROM debian:12
RUN --mount=type=bind,from=build,source=/out/a.tar,target=/opt/a.tar \
    tar -xf /opt/a.tar -C /opt
