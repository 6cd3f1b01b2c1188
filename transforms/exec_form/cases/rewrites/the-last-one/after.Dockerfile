FROM debian:12
CMD nginx && true
ENTRYPOINT []
CMD ["nginx"]
