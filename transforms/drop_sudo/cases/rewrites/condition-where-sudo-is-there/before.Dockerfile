FROM debian:12
RUN apt-get update && apt-get install -y sudo
RUN if test -d /srv; then sudo rm -rf /srv/*; fi; sudo touch /done
