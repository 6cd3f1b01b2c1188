FROM debian:12
WORKDIR /app
COPY . .
RUN cd /app \
    && make \
    && make install
RUN cd /app/; make test
