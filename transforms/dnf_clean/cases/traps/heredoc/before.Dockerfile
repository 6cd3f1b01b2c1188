FROM fedora:40
RUN <<EOF
dnf install -y git
EOF
