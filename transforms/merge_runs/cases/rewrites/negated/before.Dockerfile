FROM debian:12
RUN ! test -e /forbidden
RUN touch /b
