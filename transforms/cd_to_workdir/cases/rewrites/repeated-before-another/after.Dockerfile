FROM debian:12
COPY a.tar b.tar /opt/

WORKDIR /opt
# the first
RUN tar xf a.tar
ENV A=1
RUN tar xf b.tar && \
    rm b.tar
WORKDIR /srv
