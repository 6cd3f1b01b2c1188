FROM debian:12
RUN apt-get update && apt-get install -y bzip2
RUN chmod 700 /bin/bzip2
