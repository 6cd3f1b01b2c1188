FROM debian:12
RUN curl -fsSLo /tmp/i.sh https://example.org/i.sh && echo "0123  /tmp/i.sh" | sha256sum -c && sh /tmp/i.sh
