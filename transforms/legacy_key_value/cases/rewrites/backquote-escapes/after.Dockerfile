# escape=`
FROM debian:12
ENV DIR=C:\tools\bin
ENV BOTH=C:\Program` Files` "x y"
ENV SPACED="C:\a b"
