FROM debian:12

WORKDIR /opt
RUN touch a

CMD ["true"]
