FROM debian:12
ENV MSG it's fine
