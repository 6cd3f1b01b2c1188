from debian:12 AS build
run touch /a
RUN touch /b
user root
