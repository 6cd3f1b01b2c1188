FROM debian:12
RUN cd /opt && touch a
COPY b /opt/b
EXPOSE 80
RUN cd /tmp && touch c
USER www-data
# where it starts
WORKDIR /opt
CMD ["./b"]
