FROM debian:12
COPY . /app
COPY --chown=1000:1000 ["./", "/srv"]
