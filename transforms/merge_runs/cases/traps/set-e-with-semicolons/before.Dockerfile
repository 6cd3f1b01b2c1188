FROM debian:12
RUN set -e; test -e /etc/os-release; touch /checked
RUN touch /next
