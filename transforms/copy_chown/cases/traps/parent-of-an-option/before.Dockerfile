FROM debian:12
RUN mkdir -m /opt/q /opt/z
COPY app.conf /opt/q/
RUN chown 1:1 /opt/q/app.conf
