FROM fedora:40
RUN dnf install -y git
COPY app /app
RUN rm -r /var/cache/dnf/*
