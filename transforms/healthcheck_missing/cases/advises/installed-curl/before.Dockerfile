FROM debian:13
RUN apt-get update && apt-get install -y curl
ENV PORT=9000
EXPOSE $PORT
ENTRYPOINT ["/app"]
