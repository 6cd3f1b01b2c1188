FROM debian:12
ADD ["a", "/opt/"] x
