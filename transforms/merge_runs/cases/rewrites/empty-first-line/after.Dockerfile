FROM debian:12
RUN \
    # first
    touch /a \
    # second
    && touch /b
