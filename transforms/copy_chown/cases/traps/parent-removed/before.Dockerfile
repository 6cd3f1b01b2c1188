FROM debian:12
RUN mkdir -p /opt/q && rm -rf /opt/q
COPY app.conf /opt/q/
RUN chown 1:1 /opt/q/app.conf
