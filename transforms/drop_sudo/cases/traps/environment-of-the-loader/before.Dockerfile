FROM debian:12
ENV LD_LIBRARY_PATH=/opt/lib
RUN apt-get update && apt-get install -y sudo
RUN sudo cp /a /b
