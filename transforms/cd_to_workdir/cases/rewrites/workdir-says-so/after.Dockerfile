FROM debian:12
WORKDIR /app
COPY . .
RUN make \
    && make install
RUN make test
