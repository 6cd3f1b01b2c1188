FROM debian:12
RUN \
    # first
    touch /a
RUN \
    # second
    touch /b
