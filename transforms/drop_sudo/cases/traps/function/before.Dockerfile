FROM debian:12
RUN apt-get update && apt-get install -y sudo
RUN apt-get() { sudo apt-get "$@"; } && apt-get install -y curl
