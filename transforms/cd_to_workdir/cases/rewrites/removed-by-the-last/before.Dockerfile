FROM debian:12
COPY src /src/
RUN cd /src && make
RUN cd /src && make install && rm -rf /src
WORKDIR /srv
