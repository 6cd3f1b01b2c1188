FROM debian:12
ENV DIR C:\\
