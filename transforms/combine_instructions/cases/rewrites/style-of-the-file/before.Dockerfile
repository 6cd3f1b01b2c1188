FROM debian:12
LABEL a=1 \
      b=2
LABEL c=3
ENV D=4
ENV E=5 \
	F=6
