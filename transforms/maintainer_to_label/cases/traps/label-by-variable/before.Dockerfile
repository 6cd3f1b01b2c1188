FROM debian:12
ARG KEY=x
MAINTAINER a@example.org
LABEL $KEY="b@example.org"
