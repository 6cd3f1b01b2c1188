FROM debian:12
RUN cat <<EOF > /etc/app.conf
port=80
EOF
RUN touch /done
