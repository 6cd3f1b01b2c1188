FROM debian:12
ONBUILD CMD ["a"]
ONBUILD CMD ["b"]
CMD ["c"]
