FROM debian:12
COPY . /usr/src/app
WORKDIR /usr/src/app
RUN make && make install
CMD ["./server"]
