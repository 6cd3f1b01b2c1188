FROM buildpack-deps:bookworm
WORKDIR /build
ADD https://example.org/x.tar.bz2 .
RUN apt-get update && apt-get install -y make
RUN tar -xjf x.tar.bz2 && cd x && make install
