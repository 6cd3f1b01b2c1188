FROM debian:12

ENV DEBIAN_FRONTEND=noninteractive

RUN apt-get update && LC_ALL=C apt-get install -y git
