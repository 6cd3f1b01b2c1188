FROM debian:12 AS base
RUN touch /a \
    && touch /b
FROM base
RUN touch /c
