FROM debian:12
RUN mkdir -p /data && chmod a+s /data && chmod -R 777 /work && chmod 6777 /work && chmod a+s /opt
