FROM debian:12 AS base
RUN touch /a
RUN touch /b
FROM base
RUN touch /c
