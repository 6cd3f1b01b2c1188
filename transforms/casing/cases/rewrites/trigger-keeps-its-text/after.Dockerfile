FROM debian:12
ONBUILD run touch /a
ONBUILD copy . /b
USER root
