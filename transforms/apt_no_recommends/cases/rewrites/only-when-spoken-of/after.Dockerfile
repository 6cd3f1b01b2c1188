FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends procps psmisc && killall -0 init || true
