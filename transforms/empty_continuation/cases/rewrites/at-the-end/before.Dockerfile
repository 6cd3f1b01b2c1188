FROM debian:12
RUN touch /a \

