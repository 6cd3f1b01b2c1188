FROM debian:12
RUN apt-get update && apt-get install -y curl
COPY x /x
RUN --mount=type=cache,target=/var/lib/apt/lists apt-get install -y git
