FROM debian:12
WORKDIR /app
RUN --mount=type=bind,Target=/app/sub cd /app/sub && ls
WORKDIR /app/sub
