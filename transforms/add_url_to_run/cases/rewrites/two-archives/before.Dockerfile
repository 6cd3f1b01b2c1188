FROM buildpack-deps:bookworm
ADD https://example.org/a.tar.gz /tmp/
ADD https://example.org/b.zip /tmp/
RUN tar -xzf /tmp/a.tar.gz -C /opt && unzip /tmp/b.zip -d /opt && rm /tmp/a.tar.gz /tmp/b.zip
