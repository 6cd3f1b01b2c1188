FROM debian:12
ru\
n touch /a
RUN touch /b
