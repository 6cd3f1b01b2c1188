FROM example/base
RUN wget -qO- https://example.org/a.tar.gz | tar xz
