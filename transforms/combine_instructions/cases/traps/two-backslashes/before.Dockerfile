FROM debian:12
ENV A=C:\\
ENV B=2
