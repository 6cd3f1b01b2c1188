FROM debian:12
SHELL ["/bin/bash", "-l", "-c"]
RUN echo "export A=1" > /etc/profile.d/a.sh
RUN echo "$A" > /seen
