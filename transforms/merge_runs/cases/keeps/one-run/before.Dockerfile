FROM debian:12
RUN apt-get update
COPY . /app
RUN make -C /app
