FROM debian:12
RUN usermod -aG audio root
RUN id -nG | grep audio
