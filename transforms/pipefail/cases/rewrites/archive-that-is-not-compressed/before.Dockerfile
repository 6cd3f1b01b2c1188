FROM alpine:3.20
RUN wget -qO- https://example.org/a.tar.gz | gunzip | tar x
