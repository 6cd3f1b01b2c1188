FROM debian:12
COPY src /src/
RUN cd /src && make && make install && rm -rf /src
WORKDIR /src
