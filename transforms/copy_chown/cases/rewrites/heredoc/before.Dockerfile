# syntax=docker/dockerfile:1
FROM debian:12
COPY <<EOF /run.sh
#!/bin/sh
echo hello
EOF
RUN chmod +x /run.sh
CMD ["/run.sh"]
