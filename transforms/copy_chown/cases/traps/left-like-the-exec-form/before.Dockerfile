FROM debian:12
ARG EXAMPLE=x
COPY --chown=1:1 run.sh /usr/local/bin/
RUN chmod 755 /usr/local/bin/run.sh && [ "$EXAMPLE" ]
