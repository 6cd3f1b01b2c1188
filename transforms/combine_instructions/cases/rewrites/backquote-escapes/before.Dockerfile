# escape=`
FROM debian:12
ENV A=C:\dir\
ENV B=2
