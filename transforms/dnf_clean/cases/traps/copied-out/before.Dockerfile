FROM fedora:40 AS b
RUN dnf install -y git
FROM scratch AS c
COPY --from=b /var/cache/dnf /c
FROM b
