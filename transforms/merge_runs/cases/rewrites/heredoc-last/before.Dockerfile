FROM debian:12
RUN mkdir -p /etc/app
RUN cat <<EOF > /etc/app/conf
port=80
EOF
