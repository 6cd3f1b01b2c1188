FROM debian:12
CMD nginx && sleep 5
