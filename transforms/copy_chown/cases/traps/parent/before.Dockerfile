FROM debian:12
COPY app.conf /deep/er/
RUN chown 1000:1000 /deep/er/app.conf
