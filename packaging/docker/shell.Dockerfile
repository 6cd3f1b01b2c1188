# The image of dfopt with a shell in it, for CI services that start one. From the root of the project:
#
#   docker build -f packaging/docker/shell.Dockerfile --build-context dfopt=docker-image://dfopt -t dfopt:shell packaging/docker

FROM busybox:1.37-musl
LABEL org.opencontainers.image.title="dfopt, with a shell" \
      org.opencontainers.image.description="A Dockerfile optimizer that rewrites only what it can prove harmless" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=dfopt /usr /usr
WORKDIR /work
USER 65532:65532
CMD ["sh"]
