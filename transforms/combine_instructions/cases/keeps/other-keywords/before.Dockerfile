FROM debian:12
ARG A=1
ARG B=2
USER root
USER root
