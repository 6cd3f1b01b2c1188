FROM ubuntu:22.04
RUN apt-get update && apt-get install -y sudo python3-pip npm
RUN pip install requests && npm install -g yarn
