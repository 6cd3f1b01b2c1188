FROM debian:12
RUN apt-get update && apt-get install -y sudo
RUN mkdir /a && mkdir /b && mkdir /c && mkdir /d
