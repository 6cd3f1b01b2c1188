FROM rockylinux:9
RUN curl -fsSL https://example.org/list | awk 'BEGIN { print "x" }' > /list
