FROM debian:12
LABEL a=1 \
      b=2 \
      c=3
ENV D=4 \
	E=5 \
	F=6
