FROM debian:12
COPY a.sh /usr/local/bin/
RUN --mount=type=tmpfs,target=/tmp chmod 755 /usr/local/bin/a.sh
