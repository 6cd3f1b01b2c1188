FROM debian:12
RUN curl --fail --proto-redir -all -o tool https://example.org/tool
