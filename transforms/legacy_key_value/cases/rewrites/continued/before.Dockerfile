FROM debian:12
ENV PATH \
    /opt/bin:$PATH
ENV OPTS -a \
    -b \

    -c
