# check=skip=SecretsUsedInArgOrEnv
FROM debian:12
ENV DB_PASSWORD=only-for-tests
