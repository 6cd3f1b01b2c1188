FROM buildpack-deps:bookworm
ADD x.tar.gz /opt/
RUN tar -xzf /opt/x.tar.gz || true
