FROM debian:12
HEALTHCHECK --interval=5m CMD test -e /a
HEALTHCHECK CMD test -e /b
CMD ["a"]
