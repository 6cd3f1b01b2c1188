FROM debian:12
RUN apt-get update

ENV DEBIAN_FRONTEND=noninteractive

RUN LC_ALL=C apt-get install -y git
