FROM debian:12
COPY tools /opt/
RUN cd /opt/tool && echo "prefix=$(pwd)" > config
WORKDIR /opt/tool
