FROM debian:12
RUN ( export MODE=dev && echo "$MODE" > /m1 ) \
    && echo "${MODE:-prod}" > /m2
