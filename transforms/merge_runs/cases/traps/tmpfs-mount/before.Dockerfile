FROM debian:12
RUN --mount=type=tmpfs,target=/work touch /work/a
RUN --mount=type=tmpfs,target=/work test ! -e /work/a && touch /empty
