FROM debian:12
# we need the recommended packages here, or printing fails
RUN apt-get install -y cups
