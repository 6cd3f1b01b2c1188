FROM alpine:3.20
RUN echo "a b" | tee /a && printf 'root:%s' x | chpasswd && echo "$(uname -m | tr a-z A-Z)" > /m
