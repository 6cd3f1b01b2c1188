FROM buildpack-deps:bookworm
RUN mkdir -p /usr/src/things \
    && curl -fsSL https://example.org/big.tar.xz | tar -xJf - -C /usr/src/things
RUN make -C /usr/src/things all
