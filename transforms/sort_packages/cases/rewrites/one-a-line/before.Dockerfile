FROM debian:12
RUN apt-get update && apt-get install -y \
        wget \
        g++ \
        curl \
    && rm -rf /x
