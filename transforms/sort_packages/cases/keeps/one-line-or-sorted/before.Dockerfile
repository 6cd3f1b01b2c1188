FROM debian:12
RUN apt-get install -y wget curl git
RUN apt-get install -y \
    curl \
    git \
    wget
RUN pip install \
    z \
    y \
    x
