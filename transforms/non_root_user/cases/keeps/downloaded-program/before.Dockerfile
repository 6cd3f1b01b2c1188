FROM debian:12
RUN apt-get update && apt-get install -y curl && curl -fsSLo /usr/local/bin/acmed https://example.org/acmed
EXPOSE 8080
CMD ["acmed"]
