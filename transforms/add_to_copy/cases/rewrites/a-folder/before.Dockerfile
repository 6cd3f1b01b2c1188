FROM debian:12
ADD . /app
ADD --chown=1000:1000 ["./", "/srv"]
