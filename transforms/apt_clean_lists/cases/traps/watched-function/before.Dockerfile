FROM debian:12
RUN set -e; get() { apt-get install -y "$1"; touch /a; }; apt-get update; get curl
