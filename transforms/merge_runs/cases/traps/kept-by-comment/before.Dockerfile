FROM debian:12
RUN apt-get update
# dfopt: keep merge-runs the mirror is slow
RUN apt-get install -y curl
