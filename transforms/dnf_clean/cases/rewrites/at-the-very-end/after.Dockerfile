FROM fedora:40
RUN dnf install -y git; dnf clean all; dnf install -y vim; rm -f /x \
    && dnf clean all
