from debian:12 as Build
run touch /a
healthcheck CMD test -e /a
