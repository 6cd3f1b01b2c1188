FROM debian:12
WORKDIR /app
COPY server ./
CMD ["./server"]
