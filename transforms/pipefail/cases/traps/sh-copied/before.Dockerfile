FROM alpine:3.20
COPY --from=example/shells:1 /bin/dash /bin/sh
RUN wget -qO- https://example.org/a.tar.gz | tar xz
