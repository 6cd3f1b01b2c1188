FROM debian:12
# where it starts
WORKDIR /opt
RUN touch a
COPY b /opt/b
EXPOSE 80
RUN cd /tmp && touch c
USER www-data
CMD ["./b"]
