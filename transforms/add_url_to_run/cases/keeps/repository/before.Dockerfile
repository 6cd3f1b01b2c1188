FROM buildpack-deps:bookworm
ADD https://example.org/a/b.git /src/b.git
RUN tar -czf /b.git.tgz /src/b.git
