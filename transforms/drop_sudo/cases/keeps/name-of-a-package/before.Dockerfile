FROM debian:12
RUN apt-get update && apt-get install -y sudo && usermod -aG sudo www-data && echo "use sudo" > /etc/motd
