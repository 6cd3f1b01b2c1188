FROM debian:12
RUN if true; then apt-get install -y --no-install-recommends curl ca-certificates; fi
