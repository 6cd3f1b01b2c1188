FROM debian:12
RUN touch /a \

    # the second

    && touch /b
