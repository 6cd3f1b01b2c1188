from debian:12
run cd /opt && touch a
run cd /opt && touch b
workdir /srv
