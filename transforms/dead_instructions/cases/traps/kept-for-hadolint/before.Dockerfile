# hadolint global ignore=DL4003
FROM debian:12
CMD ["a"]
CMD ["b"]
