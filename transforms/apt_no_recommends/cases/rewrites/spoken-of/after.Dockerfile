FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends gnupg dirmngr && gpg --keyserver example.org --recv-key 1
