FROM debian:12
COPY a.sh /opt/run.sh
RUN apt-get update \
    && apt-get install -y --no-install-recommends procps \
    && mkdir -p /opt/data && echo ready > /opt/data/state \
    && chmod 755 /opt/data && rm -rf /var/lib/apt/lists/*
COPY b.sh /root/b.sh
RUN chmod 700 /root/b.sh && /root/b.sh && rm -f /opt/data/state
RUN date > /built && \
    chmod 600 /root/b.sh
COPY docker-entrypoint.sh /entry.sh
RUN date > /again && \
    chmod 755 /entry.sh
