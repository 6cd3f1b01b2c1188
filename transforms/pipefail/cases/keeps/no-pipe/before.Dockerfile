FROM alpine:3.20
RUN test -f /a || wget https://example.org/a
