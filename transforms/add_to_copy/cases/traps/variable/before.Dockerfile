FROM debian:12
ARG FILE=data.txt
ADD $FILE /opt/
