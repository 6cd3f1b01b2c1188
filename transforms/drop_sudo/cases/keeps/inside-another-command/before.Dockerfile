FROM debian:12
RUN apt-get update && apt-get install -y sudo
RUN find /srv -type d -exec sudo chmod 755 {} + && bash -c "sudo true"
