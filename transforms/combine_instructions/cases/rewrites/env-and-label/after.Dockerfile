FROM debian:12
ENV A=1 \
    B="x y" \
    C=$HOME/c
LABEL l=1 \
    m=2
EXPOSE 80 443/tcp
