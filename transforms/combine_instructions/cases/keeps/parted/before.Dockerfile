FROM debian:12
ENV A=1

ENV B=2
# the third
ENV C=3
ARG D
ENV E=5
