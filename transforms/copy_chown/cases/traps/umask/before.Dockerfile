FROM debian:12
COPY <<EOF /run.sh
x
EOF
RUN umask 077 && chmod +x /run.sh
