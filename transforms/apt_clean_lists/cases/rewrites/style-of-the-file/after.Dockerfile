FROM debian:12
RUN apt-get update && \
  apt-get install -y \
  curl \
  # the last one
  git && \
  rm -rf /var/lib/apt/lists/*

ENTRYPOINT ["curl"]
