FROM debian:12
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y sudo curl gnupg
RUN curl -fsSL https://example.org/key.asc | tee /etc/apt/keyrings/example.asc
RUN apt-get update && apt-get install -y example
