FROM ubuntu:16.04
RUN apt-get update && apt-get install -y apt-transport-https \
 && echo "deb https://repo.example.org/apt stable main" > /etc/apt/sources.list.d/x.list \
 && apt-get update
