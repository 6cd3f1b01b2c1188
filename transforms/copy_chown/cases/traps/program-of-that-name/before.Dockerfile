FROM debian:12
COPY tee /usr/local/bin/
RUN echo a | tee /list
RUN chmod 755 /usr/local/bin/tee
