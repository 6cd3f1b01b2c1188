FROM debian:12 AS build
RUN mkdir -p /out/a && echo a > /out/a/x && tar -cf /out/a.tar -C /out a

FROM debian:12
COPY --from=build /out/a.tar /opt/a.tar
RUN tar -xf /opt/a.tar -C /opt && rm /opt/a.tar
