FROM debian:12
MAINTAINER a@example.org
MAINTAINER b@example.org
