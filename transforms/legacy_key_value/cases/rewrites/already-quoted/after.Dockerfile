FROM debian:12
ENV GREETING="hello  world"
ENV RAW='$HOME is not expanded'
ENV EMPTY=""
