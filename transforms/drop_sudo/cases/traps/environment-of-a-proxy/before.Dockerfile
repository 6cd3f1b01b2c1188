FROM debian:12
ENV http_proxy=http://proxy.example.org:3128
RUN apt-get update && apt-get install -y sudo
RUN sudo apt-get install -y example
