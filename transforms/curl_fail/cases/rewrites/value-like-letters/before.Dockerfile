FROM debian:12
RUN curl --proto-redir -all -o tool https://example.org/tool
