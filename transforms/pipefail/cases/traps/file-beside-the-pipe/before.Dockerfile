FROM rockylinux:9
RUN curl -fsSL https://example.org/list | cut -d: -f1 /etc/passwd > /list
