FROM debian:12
SHELL ["/bin/bash", "-lc"]
CMD nginx
