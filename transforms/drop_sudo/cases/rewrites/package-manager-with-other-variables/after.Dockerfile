FROM debian:12
ENV APP_VERSION=3
RUN apt-get update && apt-get install -y sudo
RUN apt-get install -y example && sudo make-links
