FROM buildpack-deps:bookworm
RUN curl -fsSLo /tmp/a.tar.gz https://example.org/a.tar.gz \
    && curl -fsSLo /tmp/b.zip https://example.org/b.zip \
    && tar -xzf /tmp/a.tar.gz -C /opt && unzip /tmp/b.zip -d /opt && rm /tmp/a.tar.gz /tmp/b.zip
