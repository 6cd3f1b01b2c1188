# dfopt: keep healthcheck-missing
FROM nginx:1.29
