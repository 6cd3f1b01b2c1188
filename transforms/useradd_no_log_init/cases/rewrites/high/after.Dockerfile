FROM debian:12
RUN useradd -l -m -u 1885580785 app
USER 1885580785
