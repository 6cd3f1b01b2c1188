FROM buildpack-deps:bookworm
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.org/x.tar.gz /tmp/
RUN tar -xzf /tmp/x.tar.gz -C /opt
