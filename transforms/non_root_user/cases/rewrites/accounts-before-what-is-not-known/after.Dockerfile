FROM debian:12
RUN apt-get update && apt-get install -y python3
COPY --chown=10001:10001 . /opt/acme
WORKDIR /opt/acme
RUN groupadd -g 10001 app \
    && useradd -l -m -u 10001 -g app app
RUN make -C native install
RUN install -d -o 10001 -g 10001 /opt/acme
USER 10001:10001
CMD exec python3 serve.py --port 8080
