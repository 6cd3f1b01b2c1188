FROM debian:12
CMD ["redis-server", "--requirepass", "a\\b\"c"]
