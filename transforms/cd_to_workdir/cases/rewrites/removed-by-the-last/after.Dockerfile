FROM debian:12
COPY src /src/
WORKDIR /src
RUN make
RUN make install && rm -rf /src
WORKDIR /srv
