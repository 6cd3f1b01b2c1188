FROM debian:12
CMD ["--help"]
ENTRYPOINT ["old"]
ENTRYPOINT ["new"]
