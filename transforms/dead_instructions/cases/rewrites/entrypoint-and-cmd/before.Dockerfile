FROM debian:12
ENTRYPOINT ["old"]
CMD ["--help"]

ENTRYPOINT ["new"]

CMD ["--serve"]
EXPOSE 80
