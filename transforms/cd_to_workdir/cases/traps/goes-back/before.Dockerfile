FROM debian:12
WORKDIR /app
RUN cd /app && cd /tmp && touch a && cd - && touch b
