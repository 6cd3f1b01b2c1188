FROM debian:12
ENV OPTS -a \
    # the second
    -b
