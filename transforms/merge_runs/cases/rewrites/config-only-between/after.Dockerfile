FROM debian:12

LABEL maintainer="us"
EXPOSE 80

# the tools
RUN apt-get update \
    # the program
    && apt-get install -y nginx
CMD ["nginx"]
