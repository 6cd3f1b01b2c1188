FROM debian:12
RUN apt-get update && apt-get install -y sudo
RUN sudo sh -c 'echo a >&3' 3>/a
