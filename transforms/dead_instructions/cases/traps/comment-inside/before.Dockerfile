FROM debian:12
CMD a \
    # the port
    --port=80
CMD ["b"]
