FROM example.org/base:1
SHELL ["/bin/sh", "-c"]
CMD nginx
