FROM debian:12
# check=skip=NoEmptyContinuation
ENV A=1 \

    B=2
