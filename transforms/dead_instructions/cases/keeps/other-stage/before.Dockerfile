FROM debian:12 AS base
CMD ["a"]
FROM base
RUN touch /x
CMD ["b"]
