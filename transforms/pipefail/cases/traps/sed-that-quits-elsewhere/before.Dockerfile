FROM rockylinux:9
RUN curl -fsSL https://example.org/list | sed '\,^end,q' > /list
