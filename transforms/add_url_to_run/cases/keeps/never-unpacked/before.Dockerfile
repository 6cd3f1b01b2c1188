FROM buildpack-deps:bookworm
ADD https://example.org/data.tar.gz /data/
RUN useradd app
