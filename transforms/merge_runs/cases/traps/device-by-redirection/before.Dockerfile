FROM debian:12
RUN echo x > /dev/kept
RUN test ! -e /dev/kept
