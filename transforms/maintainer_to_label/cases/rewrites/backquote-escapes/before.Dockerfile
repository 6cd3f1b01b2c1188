# escape=`
FROM debian:12
MAINTAINER DOMAIN\jane costs $5 `really` so
