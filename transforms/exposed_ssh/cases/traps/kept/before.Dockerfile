FROM debian:12
# dfopt: keep exposed-ssh it serves git
EXPOSE 22
