FROM debian:12
# the tools
RUN apt-get update

LABEL maintainer="us"
EXPOSE 80

# the program
RUN apt-get install -y nginx
CMD ["nginx"]
