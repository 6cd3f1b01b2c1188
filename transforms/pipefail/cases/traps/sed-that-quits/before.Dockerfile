FROM alpine:3.20
RUN cat /a | sed -n '/x/{p;q}' > /b
