FROM debian:12
WORKDIR /work
COPY --chmod=0755 a.sh .
COPY --chmod=0755 ["b.sh", "/usr/local/bin/b.sh"]
CMD ["./a.sh"]
