FROM debian:12
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y sudo curl gnupg
RUN curl -fsSL https://example.org/key.asc | sudo tee /etc/apt/keyrings/example.asc
RUN sudo apt-get update && sudo -E apt-get install -y example
