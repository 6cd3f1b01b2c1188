FROM debian:12
RUN env > /a
ENV LANG=C.UTF-8
RUN env > /b
