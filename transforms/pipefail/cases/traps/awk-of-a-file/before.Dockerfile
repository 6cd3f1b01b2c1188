FROM rockylinux:9
RUN curl -fsSL https://example.org/list | awk -f first.awk > /list
