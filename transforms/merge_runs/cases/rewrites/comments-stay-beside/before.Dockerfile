FROM debian:12
# lists
RUN apt-get update

# tools that the build needs
# and nothing else

RUN apt-get install -y curl
