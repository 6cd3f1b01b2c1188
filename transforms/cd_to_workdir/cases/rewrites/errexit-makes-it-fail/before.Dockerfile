FROM debian:12
SHELL ["/bin/bash", "-ec"]
RUN cd /opt; touch a; touch b
WORKDIR /opt
