FROM debian:12

ENTRYPOINT ["new"]

CMD ["--serve"]
EXPOSE 80
