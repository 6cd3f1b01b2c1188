FROM debian:12
RUN --mount=type=cache,target=/root/.cache mkdir -p /root/.cache/x
RUN touch /y
