FROM debian:12
ENV APP=1
RUN apt-get update && apt-get install -y sudo
RUN sudo sh -c 'echo "deb https://example.org/apt stable main" > /etc/apt/sources.list.d/example.list'
