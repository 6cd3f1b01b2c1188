FROM debian:12
COPY --chmod=4755 a /usr/bin/
RUN chmod 04755 /usr/bin/b && chmod +s /usr/bin/c \
    && install -o root -m 6755 d /usr/bin/
RUN sudo chmod a+xs /usr/bin/e
