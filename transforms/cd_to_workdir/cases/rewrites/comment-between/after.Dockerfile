FROM debian:12
WORKDIR /app
RUN \
    # all of it
    make
