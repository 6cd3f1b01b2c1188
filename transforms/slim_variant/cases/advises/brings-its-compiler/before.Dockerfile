FROM debian:13
RUN apt-get update && apt-get install -y gcc make && make -C /src
