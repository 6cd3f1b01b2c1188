FROM debian:12 AS a
RUN --mount=type=cache,id=apt-lists-debian-12,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y --no-install-recommends patch
FROM debian:12 AS b
RUN --mount=type=cache,id=apt-lists-debian-12,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y --no-install-recommends diffutils
COPY --from=a /usr/bin/patch /usr/bin/patch
CMD ["patch", "--version"]
