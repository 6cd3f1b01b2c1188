FROM debian:12
RUN . /etc/os-release
RUN touch /b
