FROM debian:12
HEALTHCHECK CMD test -e /b
CMD ["a"]
