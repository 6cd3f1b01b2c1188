from debian:12
workdir /opt
run touch a
run touch b
workdir /srv
