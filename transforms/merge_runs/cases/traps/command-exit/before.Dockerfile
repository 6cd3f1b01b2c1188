FROM debian:12
RUN command set -e; false; true
RUN touch /x
