FROM debian:12
RUN --mount=type=cache,id=apt-lists-debian-12,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y --no-install-recommends patch

RUN useradd rop
