FROM ubuntu:22.04
RUN apt-get update && apt-get install -y sudo python3-pip npm
RUN sudo pip install requests && sudo -H npm install -g yarn
