FROM buildpack-deps:bookworm
WORKDIR /build
RUN apt-get update && apt-get install -y make
RUN curl -fsSL https://example.org/x.tar.bz2 | tar -xjf - && cd x && make install
