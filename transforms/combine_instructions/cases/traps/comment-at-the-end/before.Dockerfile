FROM debian:12
ENV A=1
ENV \
    # the second
    B=2
