FROM debian:12
RUN apt-get update && \
  apt-get install -y gcc make
COPY . /src
WORKDIR /src
RUN make; make check || echo "some checks failed"
# leave nothing behind
RUN make clean
