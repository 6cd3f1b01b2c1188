FROM example.org/base
USER root
RUN apt-get update && apt-get install -y curl
