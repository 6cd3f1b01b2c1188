FROM debian:12
RUN touch /y
RUN [ "a" ] || true
