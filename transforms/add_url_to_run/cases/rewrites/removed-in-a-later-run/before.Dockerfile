FROM buildpack-deps:bookworm
ADD http://example.org/a/b.tar.gz /srv/b.tar.gz
RUN tar -xzf /srv/b.tar.gz -C /srv
EXPOSE 80
RUN rm -f /srv/b.tar.gz
CMD ["/srv/b/run"]
