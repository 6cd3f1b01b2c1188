# escape=`
FROM debian:12
LABEL org.opencontainers.image.authors="DOMAIN\jane costs `$5 ``really`` so"
