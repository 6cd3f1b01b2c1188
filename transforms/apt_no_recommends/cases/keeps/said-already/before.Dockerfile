FROM debian:12
RUN apt-get install -y --no-install-recommends curl && apt-get install --install-recommends git && aptitude -R install x && apt-get build-dep y
