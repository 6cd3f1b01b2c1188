FROM debian:12
SHELL ["/bin/bash", "-c"]
RUN X=a && echo "${X^^}"
RUN cat <<EOF > /f
hello
EOF
