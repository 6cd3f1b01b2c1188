FROM fedora:40
RUN dnf install -y git
RUN dnf -C info git
