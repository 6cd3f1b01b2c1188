FROM debian:12
SHELL ["/bin/bash", "-ec"]
WORKDIR /opt
RUN touch a; touch b
