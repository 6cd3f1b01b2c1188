FROM debian:12
LABEL a=1
LABEL b=2 a=3
