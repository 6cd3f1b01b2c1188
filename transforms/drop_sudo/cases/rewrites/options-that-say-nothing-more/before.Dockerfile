FROM debian:12
RUN apt-get update && apt-get install -y sudo
RUN sudo -n mkdir /a && sudo -H -- mkdir /b && sudo -u root mkdir /c && sudo --user=root -nE mkdir /d
