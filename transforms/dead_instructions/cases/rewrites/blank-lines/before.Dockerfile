FROM debian:12

CMD ["a"]

# the real one
CMD ["b"]
