FROM debian:12
RUN apt-get update && apt-get install -y sudo
CMD sudo service example start && sleep infinity
