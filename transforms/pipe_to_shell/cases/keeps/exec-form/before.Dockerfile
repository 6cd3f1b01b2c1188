FROM debian:12
RUN ["curl", "https://example.org/x", "|", "sh"]
CMD curl https://example.org/x | sh
