FROM debian:12
RUN --mount=type=bind,target=/b,RO=false touch /b/x
RUN --mount=type=bind,target=/b,RO=false test ! -e /b/x
