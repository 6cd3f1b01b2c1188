FROM debian:12
# dfopt: keep pipe-to-shell
RUN curl https://get.example.org | sh
