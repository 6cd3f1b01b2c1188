FROM debian:12
COPY src /d
RUN chown 5:5 /d
