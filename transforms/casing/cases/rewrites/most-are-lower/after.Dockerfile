from debian:12 as build
run touch /a
run touch /b
user root
