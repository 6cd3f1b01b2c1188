FROM debian:12
WORKDIR /work
COPY a.sh .
COPY ["b.sh", "/usr/local/bin/b.sh"]
RUN chmod 0755 a.sh /usr/local/bin/b.sh
CMD ["./a.sh"]
