FROM python:3.13 AS base
FROM base AS build
RUN gcc -c x.c
FROM base
COPY --from=build /x.o /
