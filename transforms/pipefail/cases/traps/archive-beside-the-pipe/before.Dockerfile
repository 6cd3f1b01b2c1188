FROM rockylinux:9
RUN curl -fsSL https://example.org/a.tar.gz | tar -xzf /b.tar.gz
