FROM debian:12
WORKDIR /srv
COPY --chmod=755 a.sh run.sh
CMD ["./run.sh"]
