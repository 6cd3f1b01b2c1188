FROM debian:12
RUN apt-get install -y \
    wget>=1.20 \
    curl \
    bash
