FROM buildpack-deps:bookworm
RUN apt-get install -y curl
FROM debian:12
RUN make lists
RUN apt-get install -y gcc
FROM debian:12
RUN apt-get install -y tar
