FROM debian:12
RUN mkdir -p /src/sub
RUN cd /src/sub && touch a
RUN --mount=type=bind,target=/src cd /tmp && ls /src > list
WORKDIR /src/sub
