FROM debian:12

# the real one
CMD ["b"]
