FROM debian:12
COPY src /src/
RUN cd /src && make && rm -rf /src
RUN cd /tmp && touch a
COPY src /src/
RUN cd /src && make again
WORKDIR /srv
