FROM debian:12
CMD start --one
SHELL ["/bin/bash", "-c"]
CMD start --two
