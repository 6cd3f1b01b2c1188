FROM debian:12
RUN apt-get update && apt-get install -y busybox
SHELL ["/bin/busybox", "ash", "-c"]
RUN set -o pipefail && cat /etc/motd | tee /copy
