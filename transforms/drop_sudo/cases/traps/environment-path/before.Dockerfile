FROM debian:12
ENV PATH=/opt/conda/bin:$PATH
RUN apt-get update && apt-get install -y sudo
RUN sudo -E apt-get install -y example
