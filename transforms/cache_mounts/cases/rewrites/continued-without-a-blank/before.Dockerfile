FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends patch\
    && rm -rf /var/lib/apt/lists/*

RUN useradd rop
