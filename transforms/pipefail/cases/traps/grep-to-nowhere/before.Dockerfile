FROM rockylinux:9
RUN curl -fsSL https://example.org/list | grep example > /dev/null
