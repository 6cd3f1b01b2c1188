FROM debian:12
RUN apt-get update && apt-get install -y python3
COPY . /opt/acme
WORKDIR /opt/acme
RUN make -C native install
CMD exec python3 serve.py --port 8080
