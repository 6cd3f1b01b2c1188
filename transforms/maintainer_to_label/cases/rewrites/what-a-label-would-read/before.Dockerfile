FROM debian:12
ENV TEAM=x
MAINTAINER Jane $TEAM "JD" o\'neill C:\dir <j@example.org>
