FROM debian:12
RUN apt-get install -y a && apt-get clean && apt-get purge && rm -rf /x
