FROM debian:12
RUN apt-get install -y a
RUN apt-get update && apt-get install -y b
RUN apt-get update; apt-get install -y c
RUN apt-get purge -y c
