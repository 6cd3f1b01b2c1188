FROM rockylinux:9
RUN curl -fsSL https://example.org/list | sed --file=first.sed > /list
