FROM debian:12
onbuild run touch /a
ONBUILD copy . /b
USER root
