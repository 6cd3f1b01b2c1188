FROM debian:12
COPY . /usr/src/app
RUN cd /usr/src/app && make && make install
WORKDIR /usr/src/app
CMD ["./server"]
