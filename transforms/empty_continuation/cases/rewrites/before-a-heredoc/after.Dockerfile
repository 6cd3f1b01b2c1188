FROM debian:12
RUN cat \
  <<EOF > /a
one

two
EOF
