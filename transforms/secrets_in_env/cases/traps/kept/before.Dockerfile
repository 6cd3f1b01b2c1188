FROM debian:12
# dfopt: keep secrets-in-env
ENV DB_PASSWORD=only-for-tests
