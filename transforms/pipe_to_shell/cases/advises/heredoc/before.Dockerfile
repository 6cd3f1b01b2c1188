FROM debian:12
RUN <<EOF
set -e
curl https://get.example.org | bash
EOF
