FROM debian:12
COPY src /d
RUN chmod 755 /d
