FROM debian:12
# how it starts
CMD ["a"]
RUN touch /x
CMD ["b"]
