FROM debian:12
ADD https://example.org/x /x
ADD git@example.org:a/b.git /src
