FROM debian:12
COPY a.sh /app/a.sh
COPY src $TARGET
RUN chmod 755 /app/a.sh
