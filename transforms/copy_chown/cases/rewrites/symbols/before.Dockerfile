FROM debian:12
WORKDIR /srv
COPY a.sh run.sh
RUN chmod u=rwx,go=rx run.sh
CMD ["./run.sh"]
