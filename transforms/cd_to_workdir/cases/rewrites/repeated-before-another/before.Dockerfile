FROM debian:12
COPY a.tar b.tar /opt/

# the first
RUN cd /opt && tar xf a.tar
ENV A=1
RUN cd /opt && tar xf b.tar && \
    rm b.tar
WORKDIR /srv
