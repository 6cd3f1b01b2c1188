FROM debian:12
RUN apt-get update && apt-get install -y gnupg && gpg --keyserver example.org --recv-key 1
