FROM buildpack-deps:bookworm
RUN curl -fsSLo /tmp/x.tar.gz https://example.org/x.tar.gz \
    && echo "24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d  /tmp/x.tar.gz" | sha256sum -c - \
    && tar -xzf /tmp/x.tar.gz -C /opt \
    && rm /tmp/x.tar.gz
